const RULES = new Intl.PluralRules('en')

/** The form of an English sentence that goes with a number. */
export const plural = (count: number, forms: { readonly one: string; readonly other: string }) =>
  RULES.select(count) === 'one' ? forms.one : forms.other
