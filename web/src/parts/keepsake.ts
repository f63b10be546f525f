/** Has the browser save a text as a file. */
export function saveText(name: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }))
  link.download = name.replaceAll(/[/\\:*?"<>|]/g, '-')
  link.click()
  // The browser reads it a moment later.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** Prints what has `data-sheet` alone. */
export function printSheet(): void {
  document.body.dataset.print = 'sheet'
  window.addEventListener('afterprint', () => delete document.body.dataset.print, { once: true })
  window.print()
}
