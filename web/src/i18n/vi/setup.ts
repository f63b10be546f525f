import type { Messages } from '../messages.ts'

export const setup: Messages['setup'] = {
  title: 'Chào mừng đến với Holdfast',
  lead: 'Máy chủ này còn mới. Hãy tạo tài khoản đầu tiên: đó là tài khoản quản trị viên.',
  stays: 'Những gì bạn nhập chỉ nằm lại trên máy chủ này.',
  done: 'Máy chủ này đã được thiết lập',
  doneLead:
    'Đã có người tạo tài khoản đầu tiên. Hãy đăng nhập bằng tài khoản của bạn, hoặc xin họ một tài khoản.',
  toLogin: 'Đến trang đăng nhập',
  token: 'Mã thiết lập',
  tokenHint: 'Máy chủ đã in mã này khi khởi động, nằm sau dấu # trong đường dẫn',
  name: 'Tên của bạn',
  email: 'Địa chỉ e-mail',
  password: 'Mật khẩu',
  passwordHint: 'Ít nhất 12 ký tự: vài từ không liên quan gì đến nhau',
  create: 'Tạo tài khoản',
  invitation: 'Đặt mật khẩu của bạn',
  invitationLead: 'Một quản trị viên của máy chủ Holdfast này đã mời bạn.',
  invitationToken: 'Mã trong đường dẫn của bạn',
  invitationTokenHint: 'Phần nằm sau dấu # của đường dẫn bạn nhận được',
  setPassword: 'Đặt mật khẩu và đăng nhập',
}
