// A customer asks for a payment request, with Go's standard library alone. Prints what the server says.
// go run customer.go 127.0.0.1:8445 inv123 p4 (the document's wrapper), or dpp (that of deployed wallets)
package main

import (
	"bufio"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
)

// send writes a WebSocket frame of less than 64 KiB, masked as a client's frames must be.
func send(w io.Writer, opcode byte, text []byte) {
	frame := []byte{0x80 | opcode, 0x80 | byte(len(text))}
	if len(text) > 125 {
		frame = []byte{0x80 | opcode, 0x80 | 126, byte(len(text) >> 8), byte(len(text))}
	}
	mask := make([]byte, 4)
	rand.Read(mask)
	frame = append(frame, mask...)
	for i, b := range text {
		frame = append(frame, b^mask[i%4])
	}
	must(w.Write(frame))
}

// receive reads a server's frame: not masked, and never in parts here.
func receive(r io.Reader) (opcode byte, text []byte) {
	head := must(io.ReadAll(io.LimitReader(r, 2)))
	size := uint64(head[1])
	if more := map[uint64]int64{126: 2, 127: 8}[size]; more > 0 {
		size = 0
		for _, b := range must(io.ReadAll(io.LimitReader(r, more))) {
			size = size<<8 | uint64(b)
		}
	}
	return head[0] & 15, must(io.ReadAll(io.LimitReader(r, int64(size))))
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: go run customer.go <host:port> <channelID> p4|dpp")
		os.Exit(2)
	}
	host, channel, dialect := os.Args[1], os.Args[2], os.Args[3]
	conn := must(net.Dial("tcp", host))
	fmt.Fprintf(conn, "GET /ws/%s?role=customer&dialect=%s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", channel, dialect, host)
	r := bufio.NewReader(conn)
	for line := ""; line != "\r\n"; line = must(r.ReadString('\n')) {
		fmt.Fprint(os.Stderr, line) // 101, or why the join is refused
	}
	name := map[string]string{"p4": "key", "dpp": "type"}[dialect] // of the member that names the message
	send(conn, 1, []byte(`{"`+name+`": "paymentrequest.create", "body": null}`))
	for {
		opcode, text := receive(r)
		message := map[string]any{}
		if opcode == 9 {
			send(conn, 10, text)
		} else if fmt.Printf("%s\n", text); opcode == 8 {
			os.Exit(1)
		} else if json.Unmarshal(text, &message); message[name] == "paymentrequest.response" {
			return
		}
	}
}
