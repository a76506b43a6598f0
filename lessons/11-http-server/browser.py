from http.client import HTTPConnection, HTTPException

for path in ("/", "/favicon.ico", "/"):
    connection = HTTPConnection("192.168.1.4", 15555, timeout=2)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        print(path, "->", answer.status, answer.reason, len(body), "bytes")
    except (OSError, HTTPException) as error:
        print(path, "->", repr(error))
    connection.close()
