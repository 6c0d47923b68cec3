// A day at the desk in one go: filed, found by a word inside, put into a dossier, assigned, taken home, annulled.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { download, namesIn, openPage, signIn, startTown, textsRead } from './world.mjs'

let town
before(async () => {
  town = await startTown()
})
after(() => town.end())

const letters = { true: 'lettera-cairo.pdf', false: 'lettera-mupdf.pdf' }
const letter = (name) => new URL(`../../fixtures/pdf/${name}`, import.meta.url)

for (const scripts of [true, false]) {
  test(`from sign-in to sign-out ${scripts ? 'with' : 'without'} scripts`, async () => {
    const subject = `Sopralluogo alla scuola di via dei Tigli, ${scripts ? 'mattina' : 'sera'}`
    const files = [
      { name: 'accompagnatoria.txt', mimeType: 'text/plain', buffer: Buffer.from(`Si trasmette quanto in oggetto: ${subject}.`) },
      { name: letters[scripts], mimeType: 'application/pdf', buffer: readFileSync(letter(letters[scripts])) },
      { name: 'elenco.csv', mimeType: 'text/csv', buffer: Buffer.from(`aula;finestre\nprima;${scripts ? 4 : 6}\n`) },
    ]
    const page = await openPage(town, { scripts })
    const button = (name) => page.locator('main').getByRole('button', { name, exact: true })
    await signIn(page, 'anna')

    await page.getByRole('link', { name: 'Protocolla' }).click()
    if (scripts) {
      await page.setInputFiles('[data-files]', files)
      await page.locator('.file input[type=hidden]').nth(2).waitFor({ state: 'attached' })
    } else {
      await page.setInputFiles('#document', files[0])
      await page.setInputFiles('#attachments', files.slice(1))
    }
    await page.fill('#correspondents-0-name', 'Officine Belvedere srl')
    await page.selectOption('#correspondents-0-kind', 'business')
    await page.fill('#subject', subject)
    await page.fill('#classification', '6.5')
    await page.locator('[data-register]').click()
    await page.locator('.just-number').waitFor()
    const entry = new URL(await page.getByRole('link', { name: 'Apri la registrazione' }).getAttribute('href'), town.address).href

    const asked = async () => (await page.request.get(`/api/v1${new URL(entry).pathname}`)).json()

    // The word stands in the second file alone, on its second page.
    await textsRead(town, (await asked()).position)
    await page.fill('#frame-q', 'pluviali')
    await page.press('#frame-q', 'Enter')
    await page.waitForURL(/\/search\?q=pluviali/)
    const hit = page.locator('.hit', { has: page.getByRole('link', { name: subject }) })
    assert.match(await hit.locator('mark').first().innerText(), /pluviali/i)
    await hit.getByRole('link', { name: subject }).click()
    await page.waitForURL(entry)
    await page.getByRole('link', { name: letters[scripts] }).waitFor()

    await page.getByRole('link', { name: 'Fascicoli', exact: true }).click()
    await page.getByRole('link', { name: 'Apri un fascicolo' }).click()
    await page.fill('#title', subject)
    await page.fill('#classification', '6.5')
    await button('Apri il fascicolo').click()
    await page.getByRole('heading', { level: 1, name: subject }).waitFor()
    const dossier = page.url()
    const { code } = await (await page.request.get(`/api/v1${new URL(dossier).pathname}`)).json()

    await page.goto(entry)
    await page.getByRole('link', { name: 'Inserisci in un fascicolo' }).click()
    await page.fill('#code', code)
    await button('Inserisci in un fascicolo').click()
    await page.getByRole('status').getByText('Inserita nel fascicolo').waitFor()

    await page.getByRole('link', { name: 'Assegna', exact: true }).click()
    await page.selectOption('#to-1', 'office:edilizia')
    await button('Assegna').click()
    await page.getByRole('status').getByText('Assegnazione salvata').waitFor()
    const other = await openPage(town, { scripts })
    await page.request.get(`/api/v1/search?q=pluviali&remember=false&min_position=${(await asked()).position}`)
    await signIn(other, 'marta')
    const mine = other.getByRole('region', { name: 'Assegnate a me e ai miei uffici' })
    await mine.getByRole('link', { name: subject }).or(mine.getByText(subject)).first().waitFor()
    await mine.locator('tr', { hasText: subject }).getByRole('link').first().click()
    await other.waitForURL(entry)
    assert.deepEqual(other.wrong, [])
    await other.context().close()

    await page.getByRole('link', { name: code, exact: true }).click()
    await page.waitForURL(dossier)
    await page.locator('#item-1').getByText(subject).waitFor()
    const whole = await download(page, page.getByRole('link', { name: 'Scarica tutto' }))
    assert.equal(whole.name, `${code.replaceAll('/', '-')}.zip`)
    const names = namesIn(whole.bytes)
    for (const { name } of files) assert.ok(names.some((one) => one.endsWith(name)), `${name} in ${names}`)

    await page.goto(entry)
    await page.getByRole('link', { name: 'Annulla la registrazione' }).click()
    await page.fill('#reason', 'Trasmessa per errore')
    await page.fill('#act-number', '21')
    await page.fill('#act-date', '2026-01-15')
    await button('Annulla la registrazione').click()
    await page.getByRole('status').getByText('annullata').waitFor()
    await page.getByText('Trasmessa per errore').first().waitFor()
    await page.getByText('Atto n. 21 del 15/01/2026').waitFor()

    await page.locator('.frame-who summary').click()
    await page.getByRole('button', { name: 'Esci' }).click()
    await page.waitForURL('**/sign-in')
    assert.equal((await page.request.get(`/api/v1${new URL(entry).pathname}`)).status(), 401)
    assert.deepEqual(page.wrong, [])
    await page.context().close()
  })
}
