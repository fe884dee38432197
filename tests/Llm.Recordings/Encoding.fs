// Encodes the conversations that expected files tell, and looks for each among the recorded requests: by method, url and body, never by
// order, for recordings hold stale exchanges too.
module Llm.Recordings.Encoding

open System.Text.Json
open Llm.Core
open Llm.Recordings.Difference
open Llm.Recordings.Element
open Llm.Recordings.Expectation
open Llm.Recordings.Recording

/// A request as it was encoded, beside the recorded one that is nearest to it.
type Compared =
    {
        Exchange: Exchange
        Url: string
        /// JSON; None where the library refused.
        Body: string option
        /// All of them; none where both are equal.
        Differences: Difference list
        /// The exception that the library threw: always a defect.
        Defect: exn option
    }

let private method' = "POST"

let private request (exchange: Exchange) (expectation: Expectation) (turn: Turn) (parameters: Params) : Request =
    {
        Model = turn.Model
        Messages = turn.Before
        Params = parameters
        Stream = isStream exchange
        Tools = expectation.Tools
        Format = expectation.Format
    }

/// Method, url and body as one value, so that one comparison tells all.
let private asJson (httpMethod: string) (url: string) (body: string) : string =
    object [ "method", Json.quote httpMethod; "url", Json.quote url; "body", body ]

let private recordedJson (exchange: Exchange) : string =
    let body = exchange.Request.Body |> Option.map _.GetRawText() |> Option.defaultValue "null"
    asJson exchange.Request.Method exchange.Request.Url (FormatTool.show body)

let private differences (ours: string) (recorded: string) : Difference list =
    let options = JsonDocumentOptions(MaxDepth = 1024)
    use left = JsonDocument.Parse(ours, options)
    use right = JsonDocument.Parse(recorded, options)
    Difference.all left.RootElement right.RootElement

/// The body as the lines have it.
let private shown (exchange: Exchange) (encoded: EncodedRequest) : string =
    let body = RequestBody.text encoded.Body |> FormatTool.show

    match exchange.Request.Body with
    | Some recorded -> Omitted.putBack recorded body
    | None -> body

let private failed (exchange: Exchange) (what: string) (defect: exn option) : Compared =
    {
        Exchange = exchange
        Url = ""
        Body = None
        Differences = [ { Pointer = ""; Ours = Some(Json.quote what); Recorded = Some(recordedJson exchange) } ]
        Defect = defect
    }

let private encode (expectation: Expectation) (turn: Turn) (exchange: Exchange) (parameters: Params) : Compared =
    let endpoint = Endpoint.ofExchange turn.Provider turn.Prefix turn.Format exchange

    try
        match endpoint.Codec.Encode(request exchange expectation turn parameters) with
        | Ok encoded ->
            let url, body = Endpoint.address endpoint encoded, shown exchange encoded

            {
                Exchange = exchange
                Url = url
                Body = Some body
                Differences = differences (asJson method' url body) (recordedJson exchange)
                Defect = None
            }
        | Error error -> failed exchange (LlmError.render error) None
    with defect ->
        failed exchange $"the library threw {defect.GetType().Name}: {defect.Message}" (Some defect)

/// Refusals and exceptions are farther than any body.
let private distance (compared: Compared) : int =
    match compared.Body with
    | Some _ -> compared.Differences.Length
    | None -> System.Int32.MaxValue

/// The parameters that the call may have had.
let private candidates (turn: Turn) (exchange: Exchange) : Params list =
    match turn.Params, exchange.Request.Body with
    | Some known, _ -> [ known ]
    | None, Some body -> ParamsOf.recorded turn.Format body
    | None, None -> [ Params.none ]

let private against (expectation: Expectation) (turn: Turn) (exchange: Exchange) : Compared =
    candidates turn exchange |> List.map (encode expectation turn exchange) |> List.minBy distance

/// Each turn with the recorded request nearest to it; two turns share none while there are others.
let ofRecording (expectation: Expectation) (exchanges: Exchange list) : Compared list =
    let nearest (taken: Set<int>) (turn: Turn) =
        let possible = exchanges |> List.filter (fun exchange -> Formats.tryFormat exchange = Some turn.Format)
        let fresh = possible |> List.filter (fun exchange -> not (Set.contains exchange.Index taken))

        match (if fresh.IsEmpty then possible else fresh) with
        | [] -> None, taken
        | found ->
            let best = found |> List.map (against expectation turn) |> List.minBy distance
            Some best, Set.add best.Exchange.Index taken

    List.mapFold nearest Set.empty expectation.Turns |> fst |> List.choose id

/// Whether a line is due: recordings of the library's other port encode some requests differently, and tell no conversation.
let isDue (path: string) : bool =
    let scenario = System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName path)

    not (scenario |> Option.ofObj |> Option.exists (fun name -> name.StartsWith("ts_", System.StringComparison.Ordinal)))
    && System.IO.File.Exists(expectedPath path)

/// The lines of a recording's file.
let ofFile (path: string) : Compared list =
    match Expectation.tryRead (expectedPath path) with
    | Some expectation -> ofRecording expectation (read path)
    | None -> []
