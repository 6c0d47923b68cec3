// Administration: an office and a user are added, the user signs in; tokens, the scheme, and how the archive is.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openPage, shoot, signIn, startTown, stumblingBlocks } from './world.mjs'

let town
before(async () => {
  town = await startTown()
})
after(() => town.end())

const button = (page, name) => page.locator('main').getByRole('button', { name })

/** axe needs scripts. */
const stumblingBlocksOf = async (page, scripts) => (scripts ? stumblingBlocks(page) : [])

async function signInWith(page, name, password) {
  await page.goto('/sign-in')
  await page.fill('#name', name)
  await page.fill('#password', password)
  await page.click('main button[type=submit]')
}

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    const suffix = scripts ? 'a' : 'b'

    test('the administrator adds an office and a user, and the user signs in', async () => {
      const page = await openPage(town, { scripts })
      await signIn(page, 'elena')
      await page.goto('/offices')
      await page.fill('#name', 'Verde pubblico')
      await page.fill('#code', 'edilizia')
      await page.selectOption('#parent', 'tecnica')
      await button(page, 'Aggiungi un ufficio').click()
      await page.getByRole('alert').getByText('Esiste già').waitFor()
      assert.equal(await page.inputValue('#name'), 'Verde pubblico', 'what was typed is kept')
      await page.fill('#code', `verde-${suffix}`)
      await button(page, 'Aggiungi un ufficio').click()
      await page.waitForURL(new RegExp(`#office-verde-${suffix}$`))
      const above = page.locator('#office-tecnica')
      await above.locator(`#office-verde-${suffix}`).waitFor()

      await page.goto('/users/new')
      await page.fill('#full_name', 'Flora Boschetti')
      await page.fill('#name', `flora-${suffix}`)
      await page.fill('#password', ' quattro querce ')
      await page.getByLabel('operatore', { exact: true }).check()
      await button(page, 'Aggiungi un utente').click()
      await page.getByText('Scegli almeno un ufficio').waitFor()
      assert.ok(await page.getByLabel('operatore', { exact: true }).isChecked(), 'what was ticked is kept')
      await page.locator(`input[value=verde-${suffix}]`).check()
      await page.fill('#password', ' quattro querce ')
      await button(page, 'Aggiungi un utente').click()
      await page.waitForURL(new RegExp(`/users\\?q=flora-${suffix}$`))
      const card = page.locator(`#user-flora-${suffix}`)
      assert.match(await card.innerText(), /operatore · Verde pubblico/)

      const user = await openPage(town, { scripts })
      await signInWith(user, `flora-${suffix}`, 'quattro querce')
      await user.getByRole('alert').waitFor()
      await signInWith(user, `flora-${suffix}`, ' quattro querce ')
      await user.waitForURL('**/')
      await card.getByRole('link').click()
      await page.getByLabel('Può accedere').uncheck()
      await button(page, 'Salva').click()
      await page.locator(`#user-flora-${suffix}`).getByText('disattivato').waitFor()
      await user.goto('/dossiers')
      assert.match(user.url(), /\/sign-in/, 'who is switched off is signed out')
      await user.context().close()

      await page.goto('/users/elena')
      await page.getByLabel('amministratore', { exact: true }).uncheck()
      await page.getByLabel('revisore', { exact: true }).check()
      await button(page, 'Salva').click()
      await page.getByText('È l’ultimo amministratore attivo').waitFor()
      assert.deepEqual(page.wrong, [])
      await page.context().close()
    })

    test('two administrators change one user, and the second is told', async () => {
      const first = await openPage(town, { scripts })
      const second = await openPage(town, { scripts })
      for (const page of [first, second]) {
        await signIn(page, 'elena')
        await page.goto('/users/sara')
      }
      await first.fill('#full_name', `Sara Prima ${suffix}`)
      await button(first, 'Salva').click()
      await first.waitForURL(/\/users\?q=sara$/)
      await second.fill('#full_name', `Sara Seconda ${suffix}`)
      await button(second, 'Salva').click()
      await second.getByRole('alert').getByText('Nel frattempo qualcuno l’ha modificato').waitFor()
      assert.equal(await second.inputValue('#full_name'), `Sara Seconda ${suffix}`, 'what was typed is kept')
      const now = await second.locator('section[aria-labelledby=now]').innerText()
      assert.ok(now.includes(`Sara Prima ${suffix}`), now)
      assert.deepEqual(await stumblingBlocksOf(second, scripts), [])
      await shoot(second, `user-changed-${suffix}`)
      await button(second, 'Salva').click()
      await second.locator('#user-sara').getByText(`Sara Seconda ${suffix}`).waitFor()
      for (const page of [first, second]) {
        assert.deepEqual(page.wrong, [])
        await page.context().close()
      }
    })

    test('what was registered is drawn, said in a sentence and listed in a table', async () => {
      const page = await openPage(town, { scripts })
      await signIn(page, 'elena')
      await page.goto('/administration')
      const said = await page.locator('section[aria-labelledby=registered] > p').first().innerText()
      const [, all, most] = said.match(/^(\d+) registrazioni nelle ultime quattro settimane\. Il giorno più pieno è il \d\d\/\d\d\/\d{4} \((\d+)\)\.$/)
      await page.getByText('Tutti i giorni in una tabella').click()
      const counts = (await page.locator('section[aria-labelledby=registered] tbody td').allInnerTexts()).map(Number)
      assert.equal(counts.length, 28)
      assert.equal(counts.reduce((sum, count) => sum + count), Number(all))
      assert.equal(Math.max(...counts), Number(most))
      const heights = await page.locator('.plot-bar').evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute('height'))))
      assert.equal(Math.max(...heights), 60, 'the fullest day is as high as the plot')
      assert.deepEqual(page.wrong, [])
      await page.context().close()
    })

    test('a token is shown once and can be revoked', async () => {
      const page = await openPage(town, { scripts })
      await signIn(page, 'elena')
      await page.goto('/tokens')
      await page.selectOption('#user', 'sportello')
      await page.fill('#name', `prova ${suffix}`)
      await page.getByLabel('leggere').check()
      await button(page, 'Crea un token').click()
      const secret = await page.inputValue('#secret')
      const ask = () => page.request.get('/api/v1/dossiers', { headers: { authorization: `Bearer ${secret}`, cookie: '' } })
      assert.equal((await ask()).status(), 200)
      await page.goto('/tokens')
      assert.ok(!(await page.content()).includes(secret), 'never again')
      const row = page.locator('.tokens li').filter({ hasText: `prova ${suffix}` })
      await row.getByRole('link', { name: /^Revoca/ }).click()
      await button(page, 'Revoca').click()
      await row.getByText('revocato').waitFor()
      assert.equal((await ask()).status(), 401)
      assert.deepEqual(page.wrong, [])
      await page.context().close()
    })

    test('the scheme is searched', async () => {
      const page = await openPage(town, { scripts })
      await signIn(page, 'elena')
      await page.goto('/classification-schemes')
      const branches = page.locator('#classes li:visible')
      const all = await branches.count()
      await page.locator('#q').pressSequentially('edilizia priv')
      if (!scripts) await button(page, 'Cerca').click()
      await page.waitForFunction((all) => [...document.querySelectorAll('#classes li')].filter((li) => li.checkVisibility()).length < all, all)
      assert.match(await page.locator('#classes').innerText(), /6\.3 Edilizia privata/)
      assert.ok((await branches.count()) < 10)
      if (scripts) await page.locator('#said').getByText('voci trovate').waitFor({ state: 'attached' })
      assert.deepEqual(page.wrong, [])
      await page.context().close()
    })

    test('who is no administrator is told so in words', async () => {
      const page = await openPage(town, { scripts })
      await signIn(page, 'anna')
      assert.equal(await page.getByRole('link', { name: 'Amministrazione' }).count(), 0, 'it is not offered')
      for (const path of ['/administration', '/users', '/users/new', '/offices', '/registers', '/classification-schemes', '/tokens']) {
        const reply = await page.goto(path)
        assert.equal(reply.status(), 403, path)
        await page.getByRole('heading', { name: 'Non sei autorizzato' }).waitFor()
        await page.getByText('Queste pagine sono per gli amministratori.').waitFor()
      }
      await page.context().close()
    })
  })
}

test('nobody stumbles over a token just made', async () => {
  for (const phone of [false, true]) {
    const page = await openPage(town, { phone })
    await signIn(page, 'elena')
    await page.goto('/tokens')
    await page.selectOption('#user', 'marta')
    await page.locator('main form button[type=submit]').click()
    await page.locator('#secret').waitFor()
    assert.deepEqual(await stumblingBlocks(page), [])
    await shoot(page, `token-made-${phone ? 'phone' : 'desk'}`)
    assert.deepEqual(page.wrong, [])
    await page.context().close()
  }
})
