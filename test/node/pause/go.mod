module rota.dev/test/node/pause

go 1.26.0
