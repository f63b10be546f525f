/** What can be done with somebody's account after a question. */
export type PersonAct = 'edit' | 'disable' | 'reset' | 'two-factor' | 'remove'
