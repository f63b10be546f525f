import type { DownloadLink } from '../../../../src/client/index.ts'
import { SERVER } from '../../data/client.ts'

/** Has the browser save what a link is for: a form, so that the file goes to the disk and not through this page. */
export function saveDownload({ token }: Pick<DownloadLink, 'token'>): void {
  const form = document.createElement('form')
  form.method = 'post'
  form.action = `${SERVER}/api/v1/downloads`
  const field = document.createElement('input')
  field.type = 'hidden'
  field.name = 'token'
  field.value = token
  form.append(field)
  document.body.append(form)
  form.submit()
  form.remove()
}
