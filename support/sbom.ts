// `npm run sbom`: writes the bill of materials of what is shipped, as a CycloneDX document.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { nameAt, ours, packages, shipped } from './shipped.ts'

interface Component {
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
  readonly properties?: readonly { readonly name: string }[]
}

interface Bill {
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

/** npm calls so whatever it does not install with us; what is in the dashboard's files is shipped all the same. */
const DEVELOPMENT = 'cdx:npm:package:development'

const everything = JSON.parse(
  execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], {
    cwd: join(import.meta.dirname, '..'),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  }),
) as Bill

const wanted = new Set(shipped().map(place => `${nameAt(place)}@${packages[place]?.version}`))
const components = everything.components
  .filter(({ name, version }) => wanted.has(`${name}@${version}`))
  .map(({ properties = [], ...rest }) =>
    Object.assign(rest, { properties: properties.filter(({ name }) => name !== DEVELOPMENT) }),
  )
const { metadata, dependencies } = everything
const refs = new Set([metadata.component, ...components].map(one => one['bom-ref']))
const bill = {
  ...everything,
  // npm names it after the directory of the checkout.
  metadata: { ...metadata, component: { ...metadata.component, name: ours.name } },
  components,
  dependencies: dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(one => refs.has(one)) })),
}
process.stdout.write(`${JSON.stringify(bill, null, 2)}\n`)
