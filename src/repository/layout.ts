/** Where each kind of object lives; docs/design/repository-format.md, "Objects". */
export const REPOSITORY = 'repository'
/** The same bytes again: losing one object must not lose everything. */
export const REPOSITORY_COPY = 'copies/repository'
export const KEYS = 'keys/'
export const PACKS = 'packs/'
export const INDEX = 'index/'
export const MANIFESTS = 'manifests/'
/** A second copy of every manifest, byte for byte: one lost object loses no backup. */
export const COPIES = 'copies/'
export const SESSIONS = 'sessions/'
/** Names packs that are about to be removed; no writer may build on them. */
export const TRASH = 'trash/'

export const packKey = (id: string): string => `${PACKS}${id.slice(0, 2)}/${id}`

/** The last part of a key: an object's own name. */
export const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1)
