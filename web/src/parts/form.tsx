import { type ComponentProps, useEffect, useRef } from 'react'

interface FormProps extends Omit<ComponentProps<'form'>, 'onSubmit'> {
  readonly onSubmit: () => void
  /** What went wrong last: whoever typed it is led to the field it is about. */
  readonly fault?: unknown
}

/** Fields that are sent together, by a button or by the Enter key. */
export function Form({ onSubmit, fault, ...props }: FormProps) {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (fault === undefined || fault === null) return
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [fault])
  return (
    <form
      ref={form}
      {...props}
      onSubmit={event => {
        event.preventDefault()
        // A form in a dialog stands inside another one in the tree of components.
        event.stopPropagation()
        onSubmit()
      }}
    />
  )
}
