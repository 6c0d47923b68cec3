// Messages between registries: a letter whose documents are not those of its mark, the exception that is written for it,
// and the confirmation that comes back.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { done, download, openAs, shoot, startTown, stumblingBlocks } from './world.mjs'

let town
before(async () => {
  town = await startTown()
})
after(() => town.end())

const AGID = 'http://www.agid.gov.it/protocollo/'

/** A registration of another administration, in the namespace of its message. */
const identified = (prefix, number) =>
  `<${prefix}Identificatore xmlns:p="${AGID}"><p:CodiceAmministrazione>c_x111</p:CodiceAmministrazione><p:CodiceAOO>A1</p:CodiceAOO>` +
  `<p:CodiceRegistro>PG</p:CodiceRegistro><p:NumeroRegistrazione>${number}</p:NumeroRegistrazione>` +
  `<p:DataRegistrazione>2026-05-04</p:DataRegistrazione></${prefix}Identificatore>`

function markOf(number, name, content) {
  const fingerprint = createHash('sha256').update(content).digest('base64')
  return `<p:SegnaturaInformatica xmlns:p="${AGID}" p:versione="3.0.0" p:lang="it"><p:Intestazione>${identified('p:', number)}
    <p:Oggetto>Parere</p:Oggetto><p:Classifica><p:Denominazione>Edilizia</p:Denominazione><p:CodiceFlat>6.3</p:CodiceFlat></p:Classifica></p:Intestazione>
    <p:Descrizione><p:Mittente><p:PersonaGiuridica><p:Denominazione>Agenzia per l'ambiente</p:Denominazione></p:PersonaGiuridica></p:Mittente>
    <p:Destinatario><p:PersonaGiuridica><p:Denominazione>Comune</p:Denominazione></p:PersonaGiuridica></p:Destinatario>
    <p:DocumentoPrimario p:nomeFile="${name}" p:mimeType="text/plain"><p:Impronta p:algoritmo="SHA-256">${fingerprint}</p:Impronta></p:DocumentoPrimario>
    </p:Descrizione></p:SegnaturaInformatica>`
}

/** Registers a letter that came with a mark, as the mail of another program would. */
async function letter(page, number) {
  const { csrf_token } = await (await page.request.get('/api/v1/session')).json()
  const headers = { 'X-CSRF-Token': csrf_token }
  const upload = async (content) => {
    const answer = await page.request.fetch('/api/v1/blobs', { method: 'POST', data: Buffer.from(content), headers })
    assert.ok(answer.ok(), await answer.text())
    return (await answer.json()).blake3
  }
  const entry = {
    direction: 'incoming', subject: `Parere ambientale ${number}`, classification: '6.3',
    correspondents: [{ role: 'sender', kind: 'administration', name: "Agenzia per l'ambiente" }],
    received: { on: '2026-05-05', channel: 'pec', number, date: '2026-05-04' },
    document: { blake3: await upload(`un altro parere ${number}`), file_name: 'parere.txt' },
    attachments: [{ blake3: await upload(markOf(number, 'parere.txt', 'il parere')), file_name: 'Segnatura.xml' }],
  }
  const answer = await page.request.fetch('/api/v1/registers/PG/entries', { method: 'POST', data: entry, headers: { ...headers, 'Idempotency-Key': `messages-${number}` } })
  assert.ok(answer.ok(), await answer.text())
  return answer.json()
}

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    test('what does not match its mark is told, and an exception is written for it', async () => {
      const page = await openAs(town, 'anna', { scripts })
      const number = scripts ? '0000811' : '0000812'
      const entry = await letter(page, number)
      const path = `/registers/PG/entries/${entry.year}/${entry.number}`
      await page.goto(path)
      await page.getByRole('link', { name: 'Messaggi tra protocolli' }).click()
      await page.waitForURL(/\/messages$/)
      await page.getByText('impronta diversa').waitFor()
      await page.getByText('Qualcosa non corrisponde').waitFor()
      assert.equal(await page.inputValue('#message'), 'exception', 'what is to be done stands chosen')
      assert.equal(await page.inputValue('#anomaly'), '002_AnomaliaImpronte')
      if (scripts) {
        assert.deepEqual(await stumblingBlocks(page), [])
        await shoot(page, 'messages')
      }
      await page.selectOption('#anomaly', '')
      await page.getByRole('button', { name: 'Scrivi il messaggio' }).click()
      await page.getByText('scegli un codice o descrivi').waitFor()
      await page.selectOption('#anomaly', '002_AnomaliaImpronte')
      await page.fill('#text', 'Il parere non è quello della segnatura')
      await page.getByRole('button', { name: 'Scrivi il messaggio' }).click()
      await page.getByRole('status').getByText('Messaggio scritto e conservato').waitFor()
      const xml = (await download(page, page.getByRole('link', { name: 'Scarica' }).first())).bytes.toString()
      assert.match(xml, /<pec:NotificaEccezione/)
      assert.ok(xml.includes(number) && xml.includes('002_AnomaliaImpronte. Il parere'), xml)

      // What comes back is kept where it belongs, and nothing else is.
      const own = xml.match(/<pec:Identificatore>(.*?)<\/pec:Identificatore>/s)[1].replaceAll('prot:', 'p:')
      const about = `<MessaggioRicevuto><Identificatore xmlns:p="${AGID}">${own}</Identificatore></MessaggioRicevuto>`
      const confirmation = `<ConfermaRicezione xmlns="${AGID}pec/">${identified('', '0000999')}${about}</ConfermaRicezione>`
      const send = async (text) => {
        await page.setInputFiles('#file', { name: 'Conferma.xml', mimeType: 'application/xml', buffer: Buffer.from(text) })
        await page.getByRole('button', { name: 'Conserva un messaggio ricevuto' }).click()
      }
      await send('questo non è XML')
      await page.locator('#wrong-file').waitFor()
      await send(confirmation)
      await page.getByRole('status').getByText('Messaggio conservato').waitFor()
      await page.getByText('c_x111/A1/PG/0000999/2026-05-04').waitFor()
      await page.goto(path)
      await page.getByText('Conferma di ricezione (ricevuto)').waitFor()
      await page.getByText('Notifica di eccezione (scritto)').waitFor()
      await done(page)
    })
  })
}
