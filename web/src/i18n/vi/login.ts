import type { Messages } from '../messages.ts'

export const login: Messages['login'] = {
  title: 'Đăng nhập',
  email: 'Địa chỉ e-mail',
  password: 'Mật khẩu',
  logIn: 'Đăng nhập',
  secondStep: email => `Mật khẩu đúng. Tài khoản ${email} còn có bước xác thực thứ hai.`,
  code: 'Mã từ ứng dụng xác thực',
  codeHint: 'Sáu chữ số, thay đổi mỗi 30 giây',
  codeWrong:
    'Mã này không đúng, đã được dùng, hoặc nhập quá muộn. Hãy đợi mã kế tiếp, hoặc bắt đầu lại bằng mật khẩu.',
  recoveryCode: 'Mã khôi phục',
  recoveryHint:
    'Một trong các mã bạn đã giữ khi bật xác thực hai bước; mỗi mã chỉ dùng được một lần',
  useRecovery: 'Dùng mã khôi phục',
  useCode: 'Dùng ứng dụng xác thực',
  another: 'Quay lại bước mật khẩu',
  or: 'hoặc',
  logInBy: name => `Đăng nhập bằng ${name}`,
  problemTitle: 'Đăng nhập không thành công',
  problems: {
    OIDC_REFUSED:
      'Câu trả lời của máy chủ kia không được chấp nhận: đăng nhập quá lâu, bắt đầu từ trình duyệt khác, hoặc không ai có địa chỉ này ở đây. Hãy bắt đầu lại; nếu vẫn không được, hãy hỏi quản trị viên.',
    OIDC_UNREACHABLE:
      'Không liên lạc được với máy chủ xác nhận danh tính. Hãy thử lại sau, hoặc đăng nhập bằng mật khẩu.',
    OIDC_OFF: 'Chưa thiết lập máy chủ nào khác để đăng nhập. Hãy đăng nhập bằng mật khẩu.',
    LOGIN_REFUSED: 'Tài khoản của bạn vừa thay đổi, hoặc đã bị khóa. Hãy bắt đầu lại.',
    TOO_MANY_REQUESTS: 'Đã thử quá nhiều lần. Hãy đợi một phút rồi bắt đầu lại.',
  },
  otherProblem: code => `Máy chủ từ chối (${code}). Hãy bắt đầu lại.`,
}
