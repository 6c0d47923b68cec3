// The registry office: a document gets its number, with scripts and without.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openPage, shoot, signIn, startTown, stumblingBlocks } from './world.mjs'

let town
before(async () => {
  town = await startTown()
})
after(() => town.end())

const file = (name, text) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })

/** Files into the form, as one chooses them: the first is the document. */
async function choose(page, scripts, [document, ...attachments]) {
  if (!scripts) {
    await page.setInputFiles('#document', document)
    await page.setInputFiles('#attachments', attachments)
    return
  }
  await page.setInputFiles('[data-files]', [document, ...attachments])
  await page.locator('.file input[type=hidden]').nth(attachments.length).waitFor({ state: 'attached' })
}

const number = async (page) => {
  await page.locator('.just-number').waitFor()
  return (await page.locator('.just-number').innerText()).trim()
}

const entryOf = (page, link) => page.request.get(`/api/v1${link}`).then((answer) => answer.json())

async function open(scripts, { name = 'anna', path = '/registers/PG/new', ...how } = {}) {
  const page = await openPage(town, { scripts, ...how })
  await signIn(page, name)
  await page.goto(path)
  return page
}

for (const scripts of [true, false]) {
  const tag = scripts ? 'con' : 'senza'
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    test('a document with two attachments is registered, and the next form is ready', async () => {
      const page = await open(scripts)
      await page.selectOption('#received-channel', 'pec')
      const files = ['istanza', 'pianta', 'relazione'].map((name) => file(`${name}.txt`, `${name} ${tag}`))
      await choose(page, scripts, files)
      await page.fill('#correspondents-0-name', 'Gilda Pratolini')
      await page.getByText('Codice fiscale, PEC, e-mail, indirizzo').first().click()
      await page.fill('#correspondents-0-tax-code', 'prtgld70a41x999x')
      await page.fill('#subject', `Richiesta di una panchina in via Larga, ${tag}`)
      await page.fill('#classification', '6.3')
      await page.selectOption('#assignments-0', 'office:lavori-pubblici')
      await page.locator('[data-register]').click()
      const given = await number(page)
      assert.match(given, /^\d+\/\d{4}$/)
      const link = await page.getByRole('link', { name: 'Apri la registrazione' }).getAttribute('href')
      const entry = await entryOf(page, link)
      assert.equal(entry.document.file_name, 'istanza.txt')
      assert.deepEqual(entry.attachments.map((one) => one.file_name), ['pianta.txt', 'relazione.txt'])
      assert.equal(entry.correspondents[0].tax_code, 'PRTGLD70A41X999X')
      assert.deepEqual(entry.assignments, [{ office: 'lavori-pubblici', mode: 'responsible' }])
      assert.equal(entry.received.channel, 'pec')
      assert.ok((await page.locator('.just-mark').innerText()).includes('/PG/'))
      assert.equal(await page.inputValue('#received-channel'), 'pec', 'what usually stays has stayed')
      assert.equal(await page.inputValue('#subject'), '')
      await shoot(page, `registered-${tag}`)
      assert.deepEqual(page.wrong, [])
      await page.context().close()
    })

    test('what is refused is told beside its field, and nothing is uploaded or typed twice', async () => {
      const page = await open(scripts)
      await page.selectOption('#received-channel', 'pec')
      await choose(page, scripts, [file('lettera.txt', `lettera ${tag}`), file('busta.txt', `busta ${tag}`)])
      await page.getByText('Codice fiscale, PEC, e-mail, indirizzo').first().click()
      await page.fill('#correspondents-0-name', 'Bruno Castaldi')
      await page.fill('#correspondents-0-tax-code', 'XYZ')
      await page.locator('[data-register]').click()
      await page.locator('#refused').waitFor()
      assert.equal(await page.innerText('#correspondents-0-tax-code-wrong'), '16 lettere e cifre per una persona, 11 cifre per un’impresa.')
      assert.equal(await page.innerText('#subject-wrong'), 'Va indicato.')
      assert.equal(await page.evaluate('document.activeElement.id'), 'correspondents-0-tax-code', 'one begins at the first mistake')
      // What looks for them needs scripts to run.
      if (scripts) assert.deepEqual(await stumblingBlocks(page), [])
      await shoot(page, `refused-${tag}`)
      await page.fill('#correspondents-0-tax-code', '')
      await page.fill('#subject', 'Segnalazione di una buca')
      await page.fill('#classification', '10.2')
      await page.locator('[data-register]').click()
      await number(page)
      const entry = await entryOf(page, await page.getByRole('link', { name: 'Apri la registrazione' }).getAttribute('href'))
      assert.equal(entry.document.file_name, 'lettera.txt')
      assert.deepEqual(entry.attachments.map((one) => one.file_name), ['busta.txt'])
      assert.equal(entry.correspondents[0].name, 'Bruno Castaldi')
      assert.deepEqual(page.wrong, [])
      await page.context().close()
    })

    test('files are described, the direction changes, a dossier is named, and all that was typed stays', async () => {
      const page = await open(scripts)
      const dossier = (await (await page.request.get('/api/v1/dossiers?state=open')).json()).items[0]
      const files = ['domanda', 'pianta', 'foto'].map((name) => file(`${name}.txt`, `${name} descritta ${tag}`))
      await choose(page, scripts, files)
      const about = (name) => (scripts ? page.locator('.file', { hasText: name }) : page.locator('.kept', { hasText: name }))
      const opened = async (locator) => {
        if (!(await locator.locator('.file-more').evaluate((more) => more.open))) await locator.locator('summary').click()
        return locator
      }
      if (scripts) {
        await (await opened(about('domanda.txt'))).getByLabel('Tipo di documento').fill('istanza')
      } else {
        await (await opened(page.locator('[data-plain]'))).getByLabel('Tipo di documento').first().fill('istanza')
        await page.getByRole('button', { name: 'Carica i file e descrivi gli allegati' }).click()
      }
      await (await opened(about('pianta.txt'))).getByLabel('Descrizione').fill('Pianta del piano terra')
      await (await opened(about('foto.txt'))).getByLabel('Descrizione').fill('La facciata')
      if (scripts) {
        assert.deepEqual(await stumblingBlocks(page), [], 'with descriptions')
        await page.getByRole('button', { name: 'Sposta su: foto.txt' }).click()
      }
      await page.fill('#correspondents-0-name', 'Ada Verganti')
      await page.fill('#subject', 'Copia di una pratica')
      await page.fill('#classification', 'edilizia')
      await page.fill('#dossier', '9.9/1999/1')
      await page.fill('#received-on', '2026-01-15')
      await page.getByRole('button', { name: 'interna', exact: true }).click()
      await page.getByRole('heading', { level: 1, name: 'Protocolla un documento interno' }).waitFor()
      await page.selectOption('#correspondents-0-role', 'copy')
      await page.getByRole('button', { name: 'in arrivo', exact: true }).click()
      await page.getByRole('heading', { level: 1, name: 'Protocolla in arrivo' }).waitFor()
      assert.equal(await page.inputValue('#received-on'), '2026-01-15')
      assert.equal(await page.inputValue('#subject'), 'Copia di una pratica')
      await page.locator('[data-register]').click()
      assert.equal(await page.innerText('#dossier-wrong'), 'Non c’è un fascicolo con questo codice, o non puoi vederlo.')
      assert.equal(await page.innerText('#classification-wrong'), 'Più voci hanno queste parole: scegli quella giusta.')
      if (scripts) assert.deepEqual(await stumblingBlocks(page), [], 'with classes to choose from')
      await shoot(page, `described-${tag}`)
      await page.locator('.choices label', { hasText: '6.3 Edilizia privata' }).click()
      await page.fill('#dossier', dossier.code)
      await page.locator('[data-register]').click()
      await number(page)
      const entry = await entryOf(page, await page.getByRole('link', { name: 'Apri la registrazione' }).getAttribute('href'))
      assert.deepEqual([entry.document.file_name, entry.document.kind], ['domanda.txt', 'istanza'])
      const described = [['pianta.txt', 'Pianta del piano terra'], ['foto.txt', 'La facciata']]
      assert.deepEqual(entry.attachments.map((one) => [one.file_name, one.description]), scripts ? described.reverse() : described)
      assert.equal(entry.classification, '6.3')
      assert.deepEqual(entry.dossiers.map((one) => one.code), [dossier.code])
      assert.equal(entry.correspondents[0].role, 'sender')
      assert.equal(await page.inputValue('#dossier'), '', 'the next document may belong elsewhere')
      assert.deepEqual(page.wrong, [])
      await page.context().close()
    })

    test('a session that ends meanwhile loses no text, and registers nothing without its file', async () => {
      const page = await open(scripts)
      if (scripts) await choose(page, scripts, [file('verbale.txt', 'verbale caricato in tempo')])
      else await page.setInputFiles('#document', file('verbale.txt', 'verbale perso'))
      await page.fill('#correspondents-0-name', 'Livia Manfrotto')
      await page.fill('#subject', 'Ricorso contro una multa')
      await page.fill('#classification', '9.1')
      const cookies = await page.context().cookies()
      await page.context().clearCookies({ name: 'tabularium_session' })
      assert.ok(cookies.some((cookie) => cookie.name === 'tabularium_session'))
      if (scripts) {
        await page.setInputFiles('[data-files]', file('tardi.txt', 'troppo tardi'))
        await page.locator('.file-failed').getByText('La sessione è scaduta').waitFor()
      }
      await page.locator('[data-register]').click()
      await page.getByRole('heading', { name: 'La sessione è scaduta' }).waitFor()
      await page.fill('#name', 'anna')
      await page.fill('#password', 'anna-roccaverde')
      await page.click('main button[type=submit]')
      await page.getByRole('heading', { name: 'Eccoti di nuovo' }).waitFor()
      await page.getByText('Ricorso contro una multa').waitFor()
      const told = await page.locator('main .facts').innerText()
      assert.match(told, /9\.1 \p{L}+/u, 'a class by its title')
      assert.match(told, /Arrivato il\s+\d\d\/\d\d\/\d{4}/, 'a day as people write it')
      assert.match(told, /\.txt \(da scegliere di nuovo\)/)
      assert.doesNotMatch(told, /per competenza|risponde a/, 'what nobody chose is not told')
      await shoot(page, `go-on-${tag}`)
      await page.getByRole('button', { name: 'Invia', exact: true }).click()
      const lost = scripts ? '#attachments-wrong' : '#document-wrong'
      assert.equal(await page.innerText(lost), 'Il file non è arrivato: sceglilo di nuovo.')
      assert.equal(await page.inputValue('#subject'), 'Ricorso contro una multa')
      assert.equal(await page.inputValue('#correspondents-0-name'), 'Livia Manfrotto')
      if (!scripts) await page.setInputFiles('#document', file('verbale.txt', 'verbale trovato'))
      await page.locator('[data-register]').click()
      await number(page)
      const entry = await entryOf(page, await page.getByRole('link', { name: 'Apri la registrazione' }).getAttribute('href'))
      assert.equal(entry.document.file_name, 'verbale.txt')
      assert.deepEqual(entry.attachments, [])
      assert.deepEqual(page.wrong, [])
      await page.context().close()
    })

    test('sent twice it is registered once', async () => {
      const page = await open(scripts)
      const fill = async (subject) => {
        // The class first: where one stands already none is proposed, and no office with it.
        await page.fill('#classification', '7.1')
        await page.fill('#correspondents-0-name', 'Onorio Bellucci')
        await page.fill('#subject', subject)
      }
      await fill('Domanda di iscrizione')
      await page.locator('[data-register]').click()
      const first = await number(page)
      const goBack = async () => {
        await page.goBack()
        await page.locator('#already').waitFor()
        assert.ok((await page.innerText('#already h2')).endsWith(first.replace(/\s+/, '')), 'going back tells what was registered')
      }
      await goBack()
      if (scripts) assert.deepEqual(await stumblingBlocks(page), [])
      await shoot(page, `already-${tag}`)
      // Browsers may keep what was typed, or not.
      await fill('Domanda di iscrizione')
      await page.locator('[data-register]').click()
      assert.equal(await number(page), first)

      await goBack()
      await fill('Domanda di trasferimento')
      await page.locator('[data-register]').click()
      await page.locator('#refused').waitFor()
      assert.ok((await page.innerText('#already')).includes('Domanda di iscrizione'))
      await shoot(page, `already-other-${tag}`)
      await page.locator('[data-register]').click()
      assert.notEqual(await number(page), first)
      assert.deepEqual(page.wrong, [])
      await page.context().close()
    })
  })
}

test('without scripts a row more is asked of the server, which keeps everything', async () => {
  const page = await open(false, { name: 'marta', path: '/registers/PG/new?direction=outgoing' })
  await page.getByRole('heading', { level: 1, name: 'Protocolla in partenza' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'in arrivo' }).count(), 0, 'officers register no incoming documents')
  await page.setInputFiles('#document', file('risposta.txt', 'risposta'))
  await page.fill('#correspondents-0-name', 'Aldo Serventi')
  await page.getByRole('button', { name: 'Aggiungi un destinatario' }).click()
  await page.fill('#correspondents-1-name', 'Studio Gamma')
  await page.selectOption('#correspondents-1-role', 'copy')
  await page.selectOption('#correspondents-1-kind', 'business')
  await page.fill('#subject', 'Risposta alla richiesta')
  await page.fill('#classification', '6.3')
  await page.locator('[data-register]').click()
  await number(page)
  const entry = await entryOf(page, await page.getByRole('link', { name: 'Apri la registrazione' }).getAttribute('href'))
  assert.equal(entry.direction, 'outgoing')
  assert.equal(entry.document.file_name, 'risposta.txt')
  assert.deepEqual(entry.correspondents.map((one) => [one.name, one.role, one.kind]), [
    ['Aldo Serventi', 'recipient', 'person'],
    ['Studio Gamma', 'copy', 'business'],
  ])
  assert.equal((await page.goto('/registers/XX/new')).status(), 404)
  await page.context().close()
})

test('files go while one types: order, removal, failure, and what is registered already', async () => {
  const page = await open(true)
  let broken = true
  await page.route('**/api/v1/blobs', async (route) => {
    if (broken && route.request().postData() === 'mancato') return route.abort()
    // Slow enough to be seen.
    await new Promise((resolve) => setTimeout(resolve, 300))
    return route.continue()
  })
  const twin = 'il contenuto di due registrazioni'
  const names = ['uno', 'due', 'tre']
  await page.setInputFiles('[data-files]', [...names.map((name) => file(`${name}.txt`, `${name} in ordine`)), file('quattro.txt', 'mancato')])
  await page.getByRole('progressbar', { name: 'uno.txt' }).waitFor()
  await page.locator('.file-failed').getByText('quattro.txt').waitFor()
  assert.deepEqual(await stumblingBlocks(page), [], 'with files')
  await shoot(page, 'files')
  broken = false
  await page.getByRole('button', { name: 'Riprova: quattro.txt' }).click()
  await page.getByRole('button', { name: 'Sposta su: tre.txt' }).click()
  await page.getByRole('button', { name: 'Sposta su: tre.txt' }).press('Enter')
  assert.equal(await page.evaluate('document.activeElement.getAttribute("aria-label")'), 'Togli: tre.txt', 'the focus stays with the file')
  await page.getByRole('button', { name: 'Togli: due.txt' }).click()
  assert.equal(await page.evaluate('document.activeElement.id'), 'document')
  await page.fill('#correspondents-0-name', 'Ottavio Gemelli')
  await page.fill('#subject', 'Tre file in ordine')
  await page.fill('#classification', '6.3')
  // Dropped at the last moment: registering waits for it.
  await page.evaluate((text) => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([text], 'gemello.txt', { type: 'text/plain' }))
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
  }, twin)
  await page.locator('[data-register]').click()
  const first = await number(page)
  const link = await page.getByRole('link', { name: 'Apri la registrazione' }).getAttribute('href')
  const entry = await entryOf(page, link)
  assert.equal(entry.document.file_name, 'tre.txt')
  assert.deepEqual(entry.attachments.map((one) => one.file_name), ['uno.txt', 'quattro.txt', 'gemello.txt'])
  // The index has it within a moment.
  await page.request.get(`/api/v1/duplicates?blake3=${entry.document.blake3}&min_position=${entry.position}`)
  await page.setInputFiles('[data-files]', file('copia.txt', twin))
  await page.getByText('Lo stesso contenuto è già registrato').first().waitFor()
  assert.equal(await page.locator('.file-warning a').getAttribute('href'), link)
  assert.equal(first, `${entry.number}/${entry.year}`)
  assert.deepEqual(await stumblingBlocks(page), [], 'with a warning')
  await shoot(page, 'duplicate')
  page.wrong = page.wrong.filter((text) => !text.includes('ERR_FAILED'))
  assert.deepEqual(page.wrong, [])
  await page.context().close()
})

test('a prepared document takes three fields, the keyboard alone, and less than 15 seconds', async () => {
  const before = await open(true)
  await before.fill('#correspondents-0-name', 'Vivaio Belfiore srl')
  await before.selectOption('#correspondents-0-kind', 'business')
  await before.getByText('Codice fiscale, PEC, e-mail, indirizzo').first().click()
  await before.fill('#correspondents-0-tax-code', '01234567890')
  await before.fill('#correspondents-0-pec', 'vivaio@pec.example')
  await before.fill('#subject', 'Offerta per la cura degli alberi')
  await before.fill('#classification', '6.9')
  await before.selectOption('#assignments-0', 'office:lavori-pubblici')
  await before.locator('[data-register]').click()
  await number(before)
  const entry = await entryOf(before, await before.getByRole('link', { name: 'Apri la registrazione' }).getAttribute('href'))
  await before.request.get(`/api/v1/search?q=vivaio&min_position=${entry.position}`)
  await before.context().close()
  const page = await open(true)

  // As fast as a person types; the file chooser belongs to the browser.
  const typing = { delay: 60 }
  const chooser = page.waitForEvent('filechooser')
  // The browser is told to hand choosers over, which takes it a moment.
  await page.waitForTimeout(300)
  const began = Date.now()
  await page.keyboard.press('Enter')
  await (await chooser).setFiles(file('offerta.txt', 'offerta per le siepi'))
  const reach = async (id) => {
    for (let n = 0; n < 12; n += 1) {
      if (await page.evaluate((id) => document.activeElement.id === id, id)) return
      await page.keyboard.press('Tab')
    }
    assert.fail(`${id} is not reached by Tab`)
  }
  await reach('correspondents-0-name')
  await page.keyboard.type('belf', typing)
  await page.getByRole('option', { name: 'Vivaio Belfiore srl' }).waitFor()
  assert.equal(await page.getAttribute('#correspondents-0-name', 'aria-expanded'), 'true')
  assert.deepEqual(await stumblingBlocks(page), [], 'with suggestions')
  await shoot(page, 'suggestions')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  assert.equal(await page.inputValue('#correspondents-0-tax-code'), '01234567890')
  assert.equal(await page.inputValue('#correspondents-0-kind'), 'business')
  await reach('subject')
  await page.keyboard.type('Offerta per la cura delle siepi', typing)
  await page.waitForFunction(() => document.getElementById('classification').value.startsWith('6.9 '))
  assert.match(await page.innerText('#proposed'), /^Proposta, come per la registrazione \d+\/\d{4}/)
  assert.equal(await page.inputValue('#assignments-0'), 'office:lavori-pubblici')
  await shoot(page, 'proposed')
  await page.keyboard.press('Control+Enter')
  await number(page)
  const seconds = (Date.now() - began) / 1000
  console.log(`registered in ${seconds} s`)
  assert.ok(seconds < 15, `${seconds} s`)

  // The main jobs have their keys, and they are listed.
  await page.evaluate('document.activeElement.blur()')
  await page.keyboard.press('?')
  const listed = await page.locator('dialog').innerText()
  for (const name of ['Ctrl+Invio', 'Registra', 'Stampa l’etichetta']) assert.ok(listed.includes(name), listed)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+Enter')
  await page.locator('#refused').waitFor()
  assert.equal(await page.evaluate('document.activeElement.id'), 'correspondents-0-name', 'the focus goes to the first mistake')
  assert.deepEqual(page.wrong, [])
  await page.context().close()
})

test('a class is found by words in any order, and a row is added and taken away', async () => {
  const page = await open(true)
  await page.locator('#classification').pressSequentially('privatissima')
  const lacks = page.locator('.lacks').getByText('Nessuna voce con queste parole')
  await lacks.waitFor()
  assert.match(await page.locator('#said').innerText(), /Nessuna voce con queste parole/, 'who hears the page is told')
  await page.fill('#classification', '')
  await lacks.waitFor({ state: 'hidden' })
  await page.locator('#classification').pressSequentially('privata edil')
  await page.getByRole('option', { name: '6.3 Edilizia privata' }).waitFor()
  await page.keyboard.press('Enter')
  assert.equal(await page.inputValue('#classification'), '6.3 Edilizia privata')
  await page.getByRole('button', { name: 'Aggiungi un mittente' }).click()
  await page.keyboard.type('Secondo Mittente')
  assert.equal(await page.locator('[name=who-name]').nth(1).inputValue(), 'Secondo Mittente')
  await page.getByRole('button', { name: 'Togli questa riga' }).nth(1).click()
  assert.equal(await page.locator('[name=who-name]').count(), 1)
  assert.deepEqual(page.wrong, [])
  await page.context().close()
})

test('without scripts a class is proposed when none was given', async () => {
  const page = await open(false)
  const send = async (given) => {
    await page.fill('#correspondents-0-name', 'Circolo degli Scacchi')
    await page.fill('#subject', 'Uso della sala consiliare per un torneo')
    await page.fill('#classification', given)
    await page.locator('[data-register]').click()
  }
  await send('4.8')
  const entry = await entryOf(page, await page.getByRole('link', { name: 'Apri la registrazione' }).getAttribute('href'))
  await page.request.get(`/api/v1/search?q=torneo&min_position=${entry.position}`)
  await send('')
  assert.match(await page.inputValue('#classification'), /^4\.8 /)
  await page.getByText(`Proposta, come per la registrazione ${entry.number}/${entry.year}`).waitFor()
  await page.locator('[data-register]').click()
  await number(page)
  await page.context().close()
})

test('the label has number, mark, day and code, on a roll and on a sheet', async () => {
  const page = await open(true, { path: '/registers/PG/entries/2026/1/label' })
  await page.emulateMedia({ media: 'print' })
  assert.equal(await page.locator('.label-tools').isVisible(), false, 'only the label is printed')
  const paper = await page.locator('.label-paper').boundingBox()
  await page.locator('.label-paper').screenshot({ path: new URL('../shots/label-paper.png', import.meta.url).pathname })
  assert.ok(paper.width <= (58 / 25.4) * 96 + 1 && paper.height <= (27 / 25.4) * 96, JSON.stringify(paper))
  await page.emulateMedia({ media: 'screen' })
  for (const text of ['1/2026', 'c_x999/AOO1/PG/2026/0000001']) await page.locator('.label-paper').getByText(text, { exact: true }).waitFor()
  assert.ok((await page.locator('.label-code path').getAttribute('d')).length > 1000)
  assert.ok(await page.getByRole('button', { name: 'Stampa', exact: true }).isVisible())
  assert.deepEqual(await stumblingBlocks(page), [])
  await shoot(page, 'label')
  await page.getByRole('link', { name: 'Su foglio A4' }).click()
  await page.locator('.on-sheet').waitFor()
  assert.deepEqual(await stumblingBlocks(page), [])
  await shoot(page, 'label-sheet')
  await page.getByLabel('Posto libero sul foglio').selectOption('24')
  const asked = page.waitForRequest((request) => request.url().includes('/label.pdf'))
  await page.getByRole('button', { name: 'PDF del foglio' }).click()
  const sheet = (await asked).url()
  assert.match(sheet, /\/label\.pdf\?format=a4&place=24$/)
  const pdf = await page.request.get(sheet)
  assert.equal(pdf.headers()['content-type'], 'application/pdf')
  assert.deepEqual(page.wrong, [])
  const stranger = await open(true, { name: 'rossana' })
  assert.equal((await stranger.goto('/registers/PG/entries/2026/1/label')).status(), 404)
  assert.equal((await stranger.goto('/registers/PG/new')).status(), 403)
  await stranger.context().close()
  await page.context().close()
})

test('nobody stumbles over the form, in either language, on a desk or a phone', async () => {
  for (const language of ['it', 'en']) {
    for (const phone of [false, true]) {
      const page = await open(true, { language, phone })
      const where = `${language}-${phone ? 'phone' : 'desk'}`
      assert.deepEqual(await stumblingBlocks(page), [], `form ${where}`)
      await shoot(page, `filing-${where}`)
      await page.locator('[data-register]').click()
      await page.locator('#refused').waitFor()
      assert.deepEqual(await stumblingBlocks(page), [], `refused ${where}`)
      assert.equal(await page.locator('.wrong [lang]').count(), 0, 'all is said in the language of the page')
      await shoot(page, `refused-${where}`)
      await page.fill('#correspondents-0-name', 'Eusebio Cantoni')
      await page.fill('#subject', 'Una domanda')
      await page.fill('#classification', '6.3')
      await page.locator('[data-register]').click()
      await number(page)
      assert.deepEqual(await stumblingBlocks(page), [], `registered ${where}`)
      await shoot(page, `registered-${where}`)
      if (phone) await page.setViewportSize({ width: 320, height: 600 })
      const sideways = await page.evaluate(() => {
        if (document.documentElement.scrollWidth <= innerWidth) return []
        const out = [...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > innerWidth)
        return out.map((one) => `${one.tagName} ${one.id} ${one.className}`)
      })
      assert.deepEqual(sideways, [], `no scrolling sideways ${where}`)
      for (const direction of ['outgoing', 'internal']) {
        await page.goto(`/registers/PG/new?direction=${direction}`)
        assert.deepEqual(await stumblingBlocks(page), [], `${direction} ${where}`)
        await shoot(page, `filing-${direction}-${where}`)
      }
      assert.deepEqual(page.wrong, [])
      await page.context().close()
    }
  }
  const plain = await open(false)
  await shoot(plain, 'filing-plain')
  await plain.context().close()
})

test('a word of any length widens neither the desk nor what was just registered', async () => {
  const page = await open(true)
  await page.fill('#correspondents-0-name', 'W'.repeat(300))
  await page.fill('#subject', 'https://example.org/' + 'abcdefghij'.repeat(50))
  await page.fill('#classification', '6.3')
  await page.locator('[data-register]').click()
  await number(page)
  const just = page.url()
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    for (const address of [just, '/', '/registers/PG/entries']) {
      await page.goto(address)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      assert.ok(wide <= width, `${address} is ${wide} px wide at ${width}`)
    }
  }
  await shoot(page, 'long-words')
  await page.context().close()
})

test('an empty file, and the same one twice, are taken with a word', async () => {
  const page = await open(true)
  await page.setInputFiles('[data-files]', [file('vuoto.txt', ''), file('uno.txt', 'doppio'), file('due.txt', 'doppio')])
  await page.locator('.file-warning').getByText('il file è vuoto').waitFor()
  await page.locator('.file-warning').getByText('lo stesso file è già in questo elenco').waitFor()
  await page.context().close()
})
