// What a recording file holds: exchanges with a provider, as they went over the wire. Reads files; knows no format of a provider.
module Llm.Recordings.Recording

open System
open System.IO
open System.Text
open System.Text.Json
open Llm.Core
open Llm.Recordings.Element

/// What was asked.
type RecordedRequest = { Method: string; Url: string; Body: JsonElement option }

/// What came back.
type RecordedResponse =
    {
        Status: int
        Headers: Headers
        Body: ReadOnlyMemory<byte>
        /// The transport broke after the body's last byte.
        ConnectionReset: bool
    }

/// A request and its response, with where they stand.
type Exchange =
    {
        Id: string
        Index: int
        Provider: string
        Api: string
        Request: RecordedRequest
        Response: RecordedResponse
    }

let private number (name: string) (element: JsonElement) : int option = tryNumber name element |> Option.map int

let private headers (element: JsonElement) : Headers =
    match tryMember "headers" element with
    | Some found when found.ValueKind = JsonValueKind.Object ->
        [
            for header in found.EnumerateObject() do
                match header.Value.ValueKind with
                | JsonValueKind.Array ->
                    for value in header.Value.EnumerateArray() do
                        header.Name, value.ToString()
                | _ -> header.Name, header.Value.ToString()
        ]
    | _ -> []

/// A body that was kept as a string may still be JSON.
let private requestBody (element: JsonElement) : JsonElement option =
    if element.ValueKind = JsonValueKind.String then
        try
            use document = JsonDocument.Parse(text element)
            Some(document.RootElement.Clone())
        with :? JsonException ->
            None
    else
        Some(element.Clone())

let private request (exchange: JsonElement) : RecordedRequest =
    let element = tryMember "request" exchange |> Option.defaultValue exchange

    {
        Method = tryText "method" element |> Option.defaultValue "POST"
        Url = tryText "url" element |> Option.defaultValue ""
        Body = tryMember "body" element |> Option.bind requestBody
    }

let private responseBody (element: JsonElement) : ReadOnlyMemory<byte> =
    match tryText "body_base64" element, tryMember "body" element with
    | Some base64, _ -> ReadOnlyMemory(Convert.FromBase64String base64)
    | None, Some body when body.ValueKind = JsonValueKind.String -> ReadOnlyMemory(Encoding.UTF8.GetBytes(text body))
    | None, Some body -> ReadOnlyMemory(Encoding.UTF8.GetBytes(body.GetRawText()))
    | None, None -> ReadOnlyMemory.Empty

let private response (element: JsonElement) : RecordedResponse =
    {
        Status = number "status" element |> Option.defaultValue 200
        Headers = headers element
        Body = responseBody element
        ConnectionReset = tryMember "connection_reset" element |> Option.exists (fun value -> value.ValueKind = JsonValueKind.True)
    }

let private exchanges (root: JsonElement) : Exchange list =
    let textOf name = tryText name root |> Option.defaultValue ""

    match tryMember "exchanges" root with
    | Some all when all.ValueKind = JsonValueKind.Array ->
        [
            for index, exchange in Seq.indexed (all.EnumerateArray()) do
                match tryMember "response" exchange with
                | Some answered ->
                    {
                        Id = textOf "id"
                        Index = index
                        Provider = textOf "provider"
                        Api = tryText "api" exchange |> Option.defaultValue (textOf "api")
                        Request = request exchange
                        Response = response answered
                    }
                | None -> ()
        ]
    | _ -> []

/// The exchanges of a file that have a response; none where the file is no recording.
let read (path: string) : Exchange list =
    use document = JsonDocument.Parse(File.ReadAllBytes path, JsonDocumentOptions(MaxDepth = 1024))
    exchanges document.RootElement

/// The recordings under a directory, in the order of their paths; files of expected results are none.
let filesUnder (directory: string) : string list =
    Directory.EnumerateFiles(directory, "*.json", SearchOption.AllDirectories)
    |> Seq.filter (fun path -> not (path.EndsWith(".expected.json", StringComparison.Ordinal)))
    |> Seq.sortWith (fun first second -> String.CompareOrdinal(first, second))
    |> List.ofSeq

/// The file of the result that a recording's authors expect.
let expectedPath (path: string) : string = Path.ChangeExtension(path, ".expected.json")

/// Whether the answer was asked for as a stream: by its address or its body; where neither says so, by what came.
let isStream (exchange: Exchange) : bool =
    let address =
        [ ":streamGenerateContent"; ":streamRawPredict"; "alt=sse"; "/converse-stream"; "/invoke-with-response-stream" ]

    let asked =
        exchange.Request.Body
        |> Option.bind (tryMember "stream")
        |> Option.map (fun value -> value.ValueKind = JsonValueKind.True)

    let came () =
        let contentType = Headers.tryFind "content-type" exchange.Response.Headers |> Option.defaultValue ""

        [ "text/event-stream"; "x-ndjson"; "vnd.amazon.eventstream" ]
        |> List.exists (fun name -> contentType.Contains(name, StringComparison.OrdinalIgnoreCase))

    address |> List.exists (fun part -> exchange.Request.Url.Contains(part, StringComparison.Ordinal))
    || asked |> Option.defaultWith came
