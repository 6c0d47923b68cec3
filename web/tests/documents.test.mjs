// The page of a document: its pages by pdf.js, pictures, texts, versions; and what there is without scripts.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { done, openAs, shoot, startTown, stumblingBlocks, textsRead } from './world.mjs'

let town
before(async () => {
  town = await startTown()
  await textsRead(town)
})
after(() => town.end())

const someone = (name, how) => openAs(town, name, how)

/** The first registered document that a search finds whose file name ends so. */
async function documentNamed(page, ending) {
  let path = '/api/v1/registers/PG/entries?limit=200'
  for (let cursor = ''; cursor !== null; ) {
    const list = await (await page.request.get(path + (cursor && `&cursor=${cursor}`))).json()
    for (const entry of list.items) {
      const documents = [entry.document, ...(entry.attachments ?? [])].filter(Boolean)
      const found = documents.find((document) => document.file_name.endsWith(ending))
      if (found) return found
    }
    cursor = list.next_cursor
  }
  throw new Error(`no document ${ending} in the sample town`)
}

test('the pages of a PDF are drawn with their text over them, and read with the keyboard', async () => {
  const page = await someone('anna')
  const found = await (await page.request.get('/api/v1/search?q=pages:2..&kind=entry&limit=20')).json()
  const entry = found.items[0]
  const details = await (await page.request.get(`/api/v1/registers/PG/entries/${entry.year}/${entry.number}`)).json()
  const documents = [details.document, ...details.attachments].filter((one) => one.file_name.endsWith('.pdf'))
  let id
  for (const one of documents) {
    const { facts } = await (await page.request.get(`/api/v1/documents/${one.id}`)).json()
    if (facts?.pages > 1) id = one.id
  }
  assert.ok(id, 'the sample town has a PDF of several pages')
  await page.goto(`/documents/${id}`)
  await page.locator('.viewer-page[data-drawn]').first().waitFor()
  const count = Number(await page.locator('[data-count]').innerText())
  assert.ok(count > 1)
  assert.equal(await page.locator('.viewer-page').count(), count)
  const spoken = (await page.locator('.viewer-text').first().innerText()).replace(/\s+/g, ' ')
  assert.ok(spoken.length > 40, spoken)
  const before = await page.locator('[data-zoom]').innerText()
  await page.locator('[data-pages]').focus()
  await page.keyboard.press('+')
  assert.notEqual(await page.locator('[data-zoom]').innerText(), before)
  await page.keyboard.press('ArrowRight')
  assert.equal(await page.inputValue('#viewer-page'), '2')
  await page.locator('.viewer-page[data-number="2"][data-drawn]').waitFor()
  await page.getByRole('button', { name: 'Adatta' }).click()
  assert.equal(await page.locator('[data-zoom]').innerText(), before)
  await page.waitForTimeout(300)
  assert.deepEqual(await stumblingBlocks(page), [])
  await shoot(page, 'document-pdf')
  await done(page)
})

test('a PDF that cannot be drawn is said to be so, and its text and file are there all the same', async () => {
  const page = await someone('anna')
  const document = await documentNamed(page, '.pdf')
  await page.route('**/content?version=*', (route) => route.fulfill({ body: 'no PDF', contentType: 'application/pdf' }))
  await page.goto(`/documents/${document.id}`)
  await page.getByRole('alert').getByText('Non è possibile mostrare le pagine').waitFor()
  assert.ok(await page.locator('[data-text]').evaluate((text) => text.open), 'the text is opened in their place')
  assert.ok(await page.locator('.viewer-bar').isHidden())
  assert.deepEqual(await stumblingBlocks(page), [])
  await done(page)
})

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    test('a document is read and downloaded, and leads back to its entry', async () => {
      const page = await someone('anna', { scripts })
      const document = await documentNamed(page, '.pdf')
      await page.goto(`/documents/${document.id}`)
      await page.getByRole('heading', { level: 1, name: document.file_name }).waitFor()
      if (!scripts) {
        assert.ok(await page.locator('[data-viewer]').isHidden(), 'no reader where none can run')
        assert.ok((await page.locator('.words').innerText()).length > 40, 'the text is there instead')
      }
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Scarica' }).click(),
      ])
      assert.equal(download.suggestedFilename(), document.file_name)
      await page.locator('.crumb a').click()
      await page.waitForURL('**/registers/PG/entries/**')
      await page.getByText(document.file_name).first().waitFor()
      await done(page)
    })

    test('pictures are shown as pictures, letters as their text', async () => {
      const page = await someone('anna', { scripts })
      const picture = await documentNamed(page, '.jpg')
      await page.goto(`/documents/${picture.id}`)
      const image = page.locator('.picture img')
      await image.waitFor()
      assert.ok((await image.boundingBox()).width > 50, 'it is really shown')
      const letter = await documentNamed(page, '.docx')
      await page.goto(`/documents/${letter.id}`)
      assert.ok((await page.locator('.words').innerText()).length > 40)
      assert.equal(await page.locator('[data-viewer], .picture').count(), 0)
      await done(page)
    })

    test('a draft shows its versions, the old ones too, and is nobody else’s', async () => {
      const page = await someone('marta', { scripts })
      const { csrf_token } = await (await page.request.get('/api/v1/session')).json()
      const headers = { 'X-CSRF-Token': csrf_token }
      const send = async (path, data) => {
        const answer = await page.request.post(`/api/v1${path}`, { data, headers })
        assert.ok(answer.ok(), await answer.text())
        return answer.json()
      }
      const upload = async (text) => {
        const answer = await page.request.post('/api/v1/blobs', { data: Buffer.from(text), headers: { ...headers, 'Content-Type': 'text/plain' } })
        return (await answer.json()).blake3
      }
      const title = `Bozza ${scripts}`
      const first = await send('/documents', { blake3: await upload(`prima stesura ${scripts}`), file_name: 'bozza.txt', title })
      await send(`/documents/${first.id}/versions`, { blake3: await upload(`seconda stesura ${scripts}`), file_name: 'bozza2.txt' })
      await page.goto(`/documents/${first.id}`)
      await page.getByText(title).waitFor()
      await page.getByRole('link', { name: 'Versione 1' }).click()
      await page.getByText('Questa è la versione 1, non l’ultima.').waitFor()
      assert.match(await page.getByRole('link', { name: 'Scarica' }).getAttribute('href'), /version=1$/)
      await page.getByRole('link', { name: 'Vai all’ultima' }).click()
      await page.getByRole('heading', { level: 1, name: 'bozza2.txt' }).waitFor()
      const sara = await someone('sara', { scripts })
      assert.equal((await sara.goto(`/documents/${first.id}`)).status(), 404)
      await done(sara)
      await done(page)
    })

    test('a draft is made by a form and gets its versions by another; no file is sent twice', async () => {
      const page = await someone('marta', { scripts })
      const main = page.locator('main')
      const text = (words) => ({ name: `${words}.txt`, mimeType: 'text/plain', buffer: Buffer.from(`${words} ${scripts}`) })
      await page.goto('/registers/PG/new')
      await main.getByRole('link', { name: 'Nuovo documento non protocollato' }).click()
      await page.waitForURL(/\/documents\/new\?key=/)
      const form = page.url()
      await page.setInputFiles('#file', text('bozza è'))
      await page.fill('#title', `Lettera al sindaco ${scripts}`)
      await page.fill('#classification', 'sei!')
      await main.getByRole('button', { name: 'Carica il documento' }).click()
      await page.locator('#wrong-classification').getByText('Non è il codice di una voce del titolario').waitFor()
      assert.equal(await page.inputValue('#title'), `Lettera al sindaco ${scripts}`, 'what was typed is kept')
      await page.getByText('Già caricato: bozza è.txt').waitFor()
      assert.equal(await page.locator('#file').evaluate((field) => field.required), false, 'and so is the file')
      // The checker itself is a script.
      if (scripts) assert.deepEqual(await stumblingBlocks(page), [])
      await shoot(page, `draft-refused-${scripts}`)
      await page.fill('#classification', '1.4')
      await main.getByRole('button', { name: 'Carica il documento' }).click()
      await page.getByRole('status').getByText('Documento caricato').waitFor()
      await page.getByRole('heading', { level: 1, name: 'bozza è.txt' }).waitFor()
      await page.getByText(`Lettera al sindaco ${scripts}`).waitFor()
      const id = new URL(page.url()).pathname.split('/').pop()
      // Whoever goes back and sends the same once more has made nothing new.
      await page.goto(form)
      await page.setInputFiles('#file', text('bozza è'))
      await page.fill('#title', `Lettera al sindaco ${scripts}`)
      await page.fill('#classification', '1.4')
      await main.getByRole('button', { name: 'Carica il documento' }).click()
      await page.getByRole('status').getByText('Documento caricato').waitFor()
      assert.equal(new URL(page.url()).pathname.split('/').pop(), id)
      const content = async () => (await page.request.get(`/api/v1/documents/${id}/content`)).text()
      assert.equal(await content(), `bozza è ${scripts}`)

      const { csrf_token } = await (await page.request.get('/api/v1/session')).json()
      const headers = { 'X-CSRF-Token': csrf_token }
      const staged = await page.request.post('/api/v1/blobs', { data: Buffer.from(`da un altro tavolo ${scripts}`), headers: { ...headers, 'Content-Type': 'text/plain' } })
      const { blake3 } = await staged.json()
      const other = await page.request.post(`/api/v1/documents/${id}/versions`, { data: { blake3, file_name: 'altro.txt' }, headers })
      assert.equal(other.status(), 201)
      await page.setInputFiles('#file', text('seconda'))
      await main.getByRole('button', { name: 'Aggiungi la versione' }).click()
      await page.getByRole('alert').getByText('Nel frattempo qualcuno l’ha modificato').waitFor()
      await page.getByRole('heading', { level: 1, name: 'altro.txt' }).waitFor()
      await page.getByText('Già caricato: seconda.txt').waitFor()
      if (scripts) assert.deepEqual(await stumblingBlocks(page), [])
      await shoot(page, `version-changed-${scripts}`)
      await main.getByRole('button', { name: 'Aggiungi la versione' }).click()
      await page.getByRole('status').getByText('Versione aggiunta').waitFor()
      await page.getByRole('heading', { level: 1, name: 'seconda.txt' }).waitFor()
      assert.equal(await content(), `seconda ${scripts}`)
      assert.equal(await page.locator('.history li').count(), 3)

      const auditor = await someone('vittorio', { scripts })
      await auditor.goto(`/documents/${id}`)
      await auditor.getByRole('heading', { level: 1, name: 'seconda.txt' }).waitFor()
      assert.equal(await auditor.locator('#file').count(), 0, 'who reads is offered nothing to change')
      await done(auditor)
      await done(page)
    })

    test('a draft is made from the page of a dossier, and is filed there', async () => {
      const page = await someone('anna', { scripts, phone: true })
      const main = page.locator('main')
      await page.goto('/dossiers/new')
      await page.fill('#title', `Per le bozze ${scripts}`)
      await page.fill('#classification', '1.4')
      await main.getByRole('button', { name: 'Apri il fascicolo' }).click()
      await main.getByRole('link', { name: 'Nuovo documento non protocollato' }).click()
      await page.waitForURL(/\/documents\/new\?dossier=/)
      await page.setInputFiles('#file', { name: 'appunti.txt', mimeType: 'text/plain', buffer: Buffer.from(`appunti ${scripts}`) })
      await page.getByLabel('Gli interessati possono vederlo').check()
      if (scripts) assert.deepEqual(await stumblingBlocks(page), [])
      await shoot(page, `draft-into-dossier-${scripts}`)
      await main.getByRole('button', { name: 'Carica e inserisci nel fascicolo' }).click()
      await page.waitForURL(/\/dossiers\/[0-9a-f-]{36}#item-1$/)
      const item = page.locator('#item-1')
      await item.getByText('visibile agli interessati', { exact: true }).waitFor()
      assert.match(await item.innerText(), /inserito il \d\d\/\d\d\/\d{4} · Anna Feltrami/)
      await shoot(page, `draft-in-dossier-${scripts}`)
      await item.getByRole('link', { name: 'appunti.txt', exact: true }).first().click()
      await page.getByRole('heading', { level: 1, name: 'appunti.txt' }).waitFor()
      await page.getByText(`Per le bozze ${scripts}`).waitFor()
      await done(page)
    })
  })
}

/** A page with a line of Japanese in a font that the file names and does not carry. */
function japanesePdf() {
  const text = Buffer.from('日本語の証明書', 'utf16le').swap16().toString('hex')
  const line = `BT /F1 24 Tf 72 720 Td <${text}> Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${line.length} >>\nstream\n${line}\nendstream`,
    '<< /Type /Font /Subtype /Type0 /BaseFont /MS-Mincho /Encoding /UniJIS-UTF16-H /DescendantFonts [6 0 R] >>',
    `<< /Type /Font /Subtype /CIDFontType0 /BaseFont /MS-Mincho /FontDescriptor 7 0 R
      /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 4 >> >>`,
    `<< /Type /FontDescriptor /FontName /MS-Mincho /Flags 4 /FontBBox [0 -137 1000 859] /ItalicAngle 0 /Ascent 859
      /Descent -137 /CapHeight 709 /StemV 80 >>`,
  ]
  let file = '%PDF-1.7\n'
  const places = objects.map((object, n) => {
    const place = file.length
    file += `${n + 1} 0 obj\n${object}\nendobj\n`
    return `${String(place).padStart(10, '0')} 00000 n \n`
  })
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join('')}`
  return Buffer.from(`${file}${table}trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`, 'latin1')
}

test('a PDF in Japanese is read though it carries no font', async () => {
  const page = await someone('marta')
  const { csrf_token } = await (await page.request.get('/api/v1/session')).json()
  const headers = { 'X-CSRF-Token': csrf_token }
  const pdf = { data: japanesePdf(), headers: { ...headers, 'Content-Type': 'application/pdf' } }
  const { blake3 } = await (await page.request.post('/api/v1/blobs', pdf)).json()
  const data = { blake3, file_name: 'certificato.pdf', title: 'Certificato' }
  const { id } = await (await page.request.post('/api/v1/documents', { data, headers })).json()
  await page.goto(`/documents/${id}`)
  await page.locator('.viewer-page[data-drawn]').first().waitFor()
  assert.match(await page.locator('.viewer-text').first().innerText(), /日本語の証明書/)
  await done(page)
})
