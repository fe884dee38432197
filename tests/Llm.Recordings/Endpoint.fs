// Where a recorded request went, as a user of the library would have said it: codec, dialect and base url.
module Llm.Recordings.Endpoint

open Llm.Core
open Llm.Recordings.Element
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

/// Apis that have a dialect of their own beside their provider's.
let private dialects: (string * string) list = [ "anthropic/messages-beta", "anthropic-beta" ]

/// The endpoint of a provider's format, as the exchange shows that it was used.
let ofExchange (provider: string) (format: Format) (exchange: Exchange) : Endpoint =
    let dialect =
        dialects |> List.tryFind (fun (api, _) -> api = exchange.Api) |> Option.map snd |> Option.defaultValue provider

    let url = given |> List.tryFind (fun (place, _) -> place = (exchange.Provider, format)) |> Option.map snd

    {
        Codec = Codecs.codecOf format dialect
        BaseUrl = url |> Option.defaultWith (fun () -> vendorsUrl provider)
    }

let address (endpoint: Endpoint) (encoded: EncodedRequest) : string = $"{endpoint.BaseUrl}/{encoded.Path}"
