// How soon after "listening" the first page is there: a town of its own, whose texts are being read meanwhile.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serveTown } from './world.mjs'

test('the first page is there within 2 s of "listening on"', async () => {
  const town = await serveTown()
  try {
    const began = performance.now()
    const answer = await fetch(town.address, { headers: { Accept: 'text/html' } })
    const page = await answer.text()
    const seconds = (performance.now() - began) / 1000
    console.log(`first page after ${seconds.toFixed(3)} s`)
    assert.equal(answer.status, 200)
    assert.match(page, /<h1[^>]*>[\s\S]*<\/html>\s*$/)
    assert.ok(seconds < 2, `${seconds} s`)
  } finally {
    await town.end()
  }
})
