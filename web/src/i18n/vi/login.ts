import type { Messages } from '../en/index.ts'

export const login: Messages['login'] = {
  title: 'Đăng nhập',
  email: 'Địa chỉ e-mail',
  password: 'Mật khẩu',
  code: 'Mã từ ứng dụng xác thực',
  codeHint: 'Hoặc một trong các mã khôi phục của bạn',
  logIn: 'Đăng nhập',
}
