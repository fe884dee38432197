// Where a recorded request went, as a user of the library would have said it: codec, dialect and base url.
module Llm.Recordings.Endpoint

open Llm.Core
open Llm.Recordings.Formats
open Llm.Recordings.Recording

/// What a request is encoded with.
[<NoComparison; NoEquality>]
type Endpoint = { Codec: Codec; BaseUrl: string }

/// Base urls that the recordings' users gave, by the recording's provider and the format.
let private given: ((string * Format) * string) list =
    [
        ("anthropic", Format.ChatCompletions), "https://api.anthropic.com/v1"
        ("mirascope", Format.ChatCompletions), "http://localhost:3000/router/v2/openai/v1"
        ("mirascope", Format.Responses), "http://localhost:3000/router/v2/openai/v1"
        ("mirascope", Format.AnthropicMessages), "http://localhost:3000/router/v2/anthropic"
        ("mirascope", Format.GenerateContent), "http://localhost:3000/router/v2/google/v1beta"
    ]

let private vendorsUrl (provider: string) : string =
    match Registry.resolve $"{provider}/any" Vendors.registry with
    | Ok(struct (vendor, _)) -> vendor.BaseUrl
    | Error _ -> ""

/// Prefixes of model ids that name a dialect of their own beside their vendor's.
let private dialects = set [ "anthropic-beta" ]

/// The endpoint of a vendor's format, for a model id's prefix, where the exchange went.
let ofExchange (vendor: string) (prefix: string) (format: Format) (exchange: Exchange) : Endpoint =
    let url = given |> List.tryFind (fun (place, _) -> place = (exchange.Provider, format)) |> Option.map snd

    {
        Codec = Codecs.codecOf format (if Set.contains prefix dialects then prefix else vendor)
        BaseUrl = url |> Option.defaultWith (fun () -> vendorsUrl vendor)
    }

let address (endpoint: Endpoint) (encoded: EncodedRequest) : string = $"{endpoint.BaseUrl}/{encoded.Path}"
