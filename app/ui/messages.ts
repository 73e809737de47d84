import { notifications } from '@mantine/notifications';
import { announce } from './announcer.ts';

/** Short news in the corner. Also announced. */
export function tell(title: string, message: string): void {
  notifications.show({ title, message, autoClose: 6000, withBorder: true });
}

/** Something a person tried did not work. Stays until it is closed. */
export function tellError(title: string, message: string): void {
  announce(`${title}. ${message}`);
  notifications.show({ title, message, color: 'red', autoClose: false, withBorder: true });
}
