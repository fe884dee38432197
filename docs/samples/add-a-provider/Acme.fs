// Acme: a server of chat completions that has top-k, knows no seed, and hears nothing.
module Acme

open Llm.Core

let dialect: ChatDialect =
    let model = (ChatDialect.standard "acme").Model "any"

    { ChatDialect.standard "acme" with
        TopKName = Some "top_k"
        SeedName = None
        Model = fun _ -> { model with MaxTokensName = "max_completion_tokens"; AudioTypes = [] }
    }

let provider: Provider = Provider.create "acme" "https://api.acme.example/v1" (ChatCompletions.codec dialect)

let client: Client = Client.standard |> Client.withProvider "acme/" provider
