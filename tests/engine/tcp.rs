//! TCP between two hosts.

use support::lab_run::lan;
use trace::event::call::Outcome;
use trace::event::host::{Cause, ExitStatus};
use trace::event::socket::TcpState as S;
use trace::syscall::Syscall;

const SERVER: &str = "\
from socket import *

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(('192.168.1.4', 18888))
listener.listen(5)
conn, peer = listener.accept()
while part := conn.recv(5):
    print('got', part.decode())
    conn.sendall(part.upper())
conn.close()
";

const CLIENT: &str = "\
from socket import *

sock = socket(AF_INET, SOCK_STREAM)
sock.connect(('192.168.1.4', 18888))
text = input('say> ')
sock.sendall(text.encode())
answer = b''
while len(answer) < len(text):
    answer += sock.recv(1024)
print('answer', answer.decode())
sock.close()
";

#[test]
fn a_conversation_is_told_from_handshake_to_goodbye() {
    let mut run = lan().python("server", 4, SERVER).python("client", 7, CLIENT).start();
    run.until_in(1, Syscall::Read);
    run.type_into(1, "hello world\n");
    run.until_end();
    println!("{}", run.dump());
}
