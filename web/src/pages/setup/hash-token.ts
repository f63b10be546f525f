import { useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'

/** The token of a link, which stands behind its `#`. It is taken out of the address at once: that is seen, and kept. */
export function useHashToken(): readonly [token: string, setToken: (token: string) => void] {
  const hash = useLocation({ select: location => location.hash })
  const navigate = useNavigate()
  const [token, setToken] = useState(hash)
  // Somebody opens the link where the page is open already.
  if (hash !== '' && hash !== token) setToken(hash)
  useEffect(() => {
    if (hash !== '') void navigate({ to: '.', hash: '', replace: true })
  }, [hash, navigate])
  return [token, setToken]
}
