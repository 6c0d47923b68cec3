// A tree is narrowed while one types: a field with `data-narrows` names the tree, whose branches name themselves in
// `.own`. What has the words stays, with all above and below it. Without scripts the server does the same.
export function narrowTrees() {
  for (const field of document.querySelectorAll('[data-narrows]')) {
    const tree = document.getElementById(field.dataset.narrows)
    if (!tree) continue
    const branches = [...tree.querySelectorAll('li')].map((branch) => ({
      branch,
      text: branch.querySelector(':scope > .own').textContent.toLowerCase(),
    }))
    const said = document.getElementById('said')
    let waiting
    field.addEventListener('input', () => {
      const words = field.value.trim().toLowerCase()
      const hits = branches.filter(({ text }) => text.includes(words)).map(({ branch }) => branch)
      const stay = new Set(hits)
      for (const hit of hits) {
        for (const below of hit.querySelectorAll('li')) stay.add(below)
        for (let above = hit.parentElement.closest('li'); above; above = above.parentElement.closest('li')) stay.add(above)
      }
      for (const { branch } of branches) branch.hidden = !stay.has(branch)
      // Told when one stops typing, not at every letter.
      clearTimeout(waiting)
      waiting = setTimeout(() => {
        said.textContent = `${hits.length} ${tree.dataset.said}`
      }, 600)
    })
  }
}
