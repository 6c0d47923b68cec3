// Signing in and out, the language, and a session that ends in the middle of a form.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openPage, signIn, startTown } from './world.mjs'

let town
before(async () => {
  town = await startTown()
})
after(() => town.end())

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    test('one signs in, sees the desk, and signs out', async () => {
      const page = await openPage(town, { scripts })
      await page.goto('/?from=a-letter')
      assert.match(page.url(), /\/sign-in\?then=/, 'who is not signed in is asked who he is')
      await page.fill('#name', 'anna')
      await page.fill('#password', 'wrong-password')
      await page.click('main button[type=submit]')
      await page.getByRole('alert').getByText('Nome utente o password errati').waitFor()
      assert.equal(await page.inputValue('#name'), 'anna', 'the name need not be typed again')
      await signIn(page, 'anna')
      await page.getByRole('heading', { name: 'Scrivania' }).waitFor()
      await page.locator('.frame-who summary').click()
      await page.getByRole('button', { name: 'Esci' }).click()
      await page.waitForURL('**/sign-in')
      await page.goto('/')
      assert.match(page.url(), /\/sign-in$/, 'the session is over')
      assert.deepEqual(page.wrong, [])
      await page.context().close()
    })
  })
}

test('the language is chosen and kept', async () => {
  const page = await openPage(town, { scripts: false })
  await page.goto('/sign-in')
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  assert.equal(await page.getAttribute('html', 'lang'), 'en')
  await signIn(page, 'anna')
  await page.getByRole('heading', { name: 'Desk' }).waitFor()
  await page.context().close()
})

test('without scripts the other language opens beside what was typed', async () => {
  const page = await openPage(town, { scripts: false })
  await signIn(page, 'anna')
  await page.goto('/registers/PG/new')
  await page.fill('#subject', 'Richiesta di occupazione del suolo')
  await page.locator('[data-register]').click()
  await page.getByRole('alert').first().waitFor()
  const [other] = await Promise.all([page.waitForEvent('popup'), page.getByRole('button', { name: 'English (in un’altra scheda)' }).click()])
  await other.getByRole('heading', { name: 'Register an incoming document' }).waitFor()
  assert.equal(await page.inputValue('#subject'), 'Richiesta di occupazione del suolo')
  await page.locator('[data-register]').click()
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  assert.equal(await page.inputValue('#subject'), 'Richiesta di occupazione del suolo', 'and goes on in it')
  await page.context().close()
})

test('the other language asks before it throws away what was typed, and leads back to the form', async () => {
  const page = await openPage(town, {})
  await signIn(page, 'anna')
  await page.goto('/registers/PG/new')
  const asked = []
  let answer = false
  page.on('dialog', (dialog) => {
    asked.push(dialog.message())
    return answer ? dialog.accept() : dialog.dismiss()
  })
  await page.fill('#subject', 'Richiesta di occupazione del suolo')
  await page.getByRole('button', { name: 'English' }).click()
  assert.match(asked[0], /ciò che hai scritto in questa pagina va perso/)
  assert.equal(await page.inputValue('#subject'), 'Richiesta di occupazione del suolo')
  await page.goto('/registers/PG/new')
  await page.getByRole('button', { name: 'English' }).click()
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  assert.equal(asked.length, 1, 'nothing was typed: nothing is asked')
  assert.match(page.url(), /\/registers\/PG\/new(\?|$)/)
  await page.locator('[data-register]').click()
  await page.getByRole('alert').first().waitFor()
  answer = true
  await page.getByRole('button', { name: 'Italiano' }).click()
  await page.waitForFunction(() => document.documentElement.lang === 'it')
  assert.equal(asked.length, 2, 'a refused form holds what was typed')
  assert.match(page.url(), /\/registers\/PG\/new(\?|$)/)
  await page.context().close()
})
