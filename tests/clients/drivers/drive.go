package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"recipes/webhook"
)

func plain(text string) []byte {
	bytes, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return bytes
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		part := strings.Split(lines.Text(), "\t")
		now, err := strconv.ParseInt(part[3], 10, 64)
		if err != nil {
			panic(err)
		}
		fmt.Println(webhook.Verify(string(plain(part[0])), plain(part[1]), string(plain(part[2])), time.Unix(now, 0)))
	}
}
