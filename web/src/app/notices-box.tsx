import { Notifications } from '@mantine/notifications'

/** In a file of its own, which is fetched alone. */
export const NoticesBox = () => <Notifications position="bottom-right" />
