import asyncio
import time


def look_up(question):
    time.sleep(0.5)  # stands for a slow database
    return question.upper()


async def serve(reader, writer):
    while question := await reader.readline():
        writer.write(await asyncio.to_thread(look_up, question))
        await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "192.168.1.4", 18888)
    await server.serve_forever()


asyncio.run(main())
