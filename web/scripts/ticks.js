// Lists whose rows are ticked: all at once, and how many are.

export function countTicks() {
  for (const form of document.querySelectorAll('form[data-ticks]')) {
    const all = form.querySelector('[data-tick-all]')
    const counts = [...form.querySelectorAll('[data-tick-count]')]
    if (!all || !counts.length) continue
    const boxes = [...form.querySelectorAll('tbody input[type=checkbox]')]
    const tell = () => {
      const ticked = boxes.filter((box) => box.checked).length
      const { none, one, many } = counts[0].dataset
      for (const count of counts) count.textContent = `(${ticked === 0 ? none : ticked === 1 ? one : `${ticked} ${many}`})`
      all.checked = ticked === boxes.length
      all.indeterminate = ticked > 0 && ticked < boxes.length
    }
    all.addEventListener('change', () => {
      for (const box of boxes) box.checked = all.checked
      tell()
      document.getElementById('said').textContent = counts[0].textContent
    })
    for (const box of boxes) box.addEventListener('change', tell)
    tell()
  }
}
