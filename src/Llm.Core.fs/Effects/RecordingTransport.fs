// Recording what goes over a transport, and giving it back without a network. Secrets are left out before anything is kept.
namespace Llm.Core

open System
open System.IO
open FsToolkit.ErrorHandling
open System.Text
open System.Threading
open System.Threading.Tasks

/// <summary>A request and its answer, without secrets.</summary>
type Exchange =
    {
        /// Such as <c>POST</c>.
        Method: string
        /// The address; a key in its query is replaced.
        Url: string
        /// The request's body.
        RequestBody: Bytes
        /// HTTP status.
        Status: int
        /// Response headers, without cookies and keys.
        ResponseHeaders: Headers
        /// The answer's body, as far as it was read.
        ResponseBody: Bytes
        /// Whether the connection broke after the body's last byte.
        IsBroken: bool
    }

/// Functions on <see cref="T:Llm.Core.Exchange"/>.
[<RequireQualifiedAccess>]
module Exchange =
    let private bytesToJson (bytes: Bytes) : string =
        let text = Encoding.UTF8.GetString bytes.Memory.Span

        // Only what comes back the same is kept as text.
        if Bytes.ofArray (Encoding.UTF8.GetBytes text) = bytes then
            Json.quote text
        else
            $"{{\"base64\":{Json.quote (Bytes.toBase64 bytes)}}}"

    /// <summary>The exchange as one line of JSON.</summary>
    let toJson (exchange: Exchange) : string =
        let headers =
            exchange.ResponseHeaders
            |> List.map (fun (name, value) -> $"[{Json.quote name},{Json.quote value}]")
            |> String.concat ","

        let broken = if exchange.IsBroken then "true" else "false"

        String.concat
            ""
            [
                "{\"method\":"
                Json.quote exchange.Method
                ",\"url\":"
                Json.quote exchange.Url
                ",\"request_body\":"
                bytesToJson exchange.RequestBody
                $",\"status\":{exchange.Status},\"response_headers\":[{headers}],\"response_body\":"
                bytesToJson exchange.ResponseBody
                $",\"is_broken\":{broken}}}"
            ]

    let private readBytes name element : Result<Bytes, LlmError> =
        match Dom.string name element, Dom.property name element |> ValueOption.bind (Dom.string "base64") with
        | ValueSome text, _ -> Ok(Bytes.ofMemory (ReadOnlyMemory(Encoding.UTF8.GetBytes text)))
        | _, ValueSome base64 ->
            Bytes.tryOfBase64 base64
            |> Option.map Ok
            |> Option.defaultValue (Error(LlmError.InvalidJson($"$.{name}.base64", "this is not base64")))
        | _ -> Error(LlmError.InvalidJson($"$.{name}", "text or an object with base64 is expected"))

    let private readHeader (pair: Text.Json.JsonElement) =
        match Dom.asItems pair |> List.map Dom.asString with
        | [ ValueSome name; ValueSome value ] -> Some(name, value)
        | _ -> None

    /// <summary>Reads a line of JSON; <c>InvalidJson</c> says what is wrong where.</summary>
    let ofJson (line: string) : Result<Exchange, LlmError> =
        let read element =
            match Dom.string "method" element, Dom.string "url" element, Dom.int "status" element with
            | ValueSome verb, ValueSome url, ValueSome status ->
                match readBytes "request_body" element, readBytes "response_body" element with
                | Ok requestBody, Ok responseBody ->
                    Ok
                        {
                            Method = verb
                            Url = url
                            RequestBody = requestBody
                            Status = status
                            ResponseHeaders = Dom.items "response_headers" element |> List.choose readHeader
                            ResponseBody = responseBody
                            IsBroken =
                                match Dom.property "is_broken" element with
                                | ValueSome value -> value.ValueKind = Text.Json.JsonValueKind.True
                                | ValueNone -> false
                        }
                | Error error, _
                | _, Error error -> Error error
            | _ -> Error(LlmError.InvalidJson("$", "method, url and status are needed"))

        match Dom.parse (ReadOnlyMemory(Encoding.UTF8.GetBytes line)) read with
        | Ok result -> result
        | Error reason -> Error(LlmError.InvalidJson("$", reason))

/// Hands a body through and keeps what was read.
type private TeeStream(inner: Stream, onEnd: ReadOnlyMemory<byte> -> bool -> unit) =
    inherit ReadOnlyStream()
    let kept = new MemoryStream()
    let mutable isOver = false

    let finish isBroken =
        if not isOver then
            isOver <- true
            onEnd (ReadOnlyMemory(kept.ToArray())) isBroken

    let keep (bytes: ReadOnlySpan<byte>) = if bytes.IsEmpty then finish false else kept.Write bytes

    override _.Read(buffer: byte[], offset: int, count: int) =
        let read = inner.Read(buffer, offset, count)
        keep (ReadOnlySpan(buffer, offset, read))
        read

    override _.ReadAsync(memory: Memory<byte>, cancellationToken: CancellationToken) : ValueTask<int> =
        ValueTask<int>(
            task {
                try
                    let! read = inner.ReadAsync(memory, cancellationToken).ConfigureAwait false

                    keep (Span.op_Implicit (memory.Span.Slice(0, read)))
                    return read
                with :? IOException as failure ->
                    finish true
                    return raise failure
            }
        )

    override _.Dispose(disposing: bool) =
        finish false

        if disposing then
            inner.Dispose()
            kept.Dispose()

/// <summary>Records exchanges and replays them.</summary>
[<RequireQualifiedAccess>]
module RecordingTransport =
    let private secretNames =
        set
            [
                "authorization"
                "proxy-authorization"
                "x-api-key"
                "api-key"
                "x-goog-api-key"
                "cookie"
                "set-cookie"
                "x-amz-security-token"
            ]

    let private secretQueryNames = set [ "key"; "api_key"; "api-key"; "access_token"; "token" ]

    /// Keys in the query do not get into a recording.
    let private withoutQuerySecrets (url: string) : string =
        match url.IndexOf '?' with
        | -1 -> url
        | mark ->
            let clean (pair: string) =
                match pair.IndexOf '=' with
                | -1 -> pair
                | equals when secretQueryNames.Contains(pair.Substring(0, equals).ToLowerInvariant()) -> pair.Substring(0, equals) + "=***"
                | _ -> pair

            url.Substring(0, mark + 1) + (url.Substring(mark + 1).Split '&' |> Array.map clean |> String.concat "&")

    let private redactor (request: TransportRequest) : string -> string =
        let secrets = Transport.secrets request.SecretHeaders
        fun text -> secrets |> List.fold (fun clean secret -> Secret.redact secret clean) text

    let private redactBytes (redact: string -> string) (bytes: ReadOnlyMemory<byte>) : Bytes =
        let text = Encoding.UTF8.GetString bytes.Span
        let clean = redact text

        // What is no text cannot echo a header's value.
        if Object.ReferenceEquals(clean, text) || clean = text then
            Bytes.ofMemory bytes
        else
            Bytes.ofMemory (ReadOnlyMemory(Encoding.UTF8.GetBytes clean))

    let private publicHeaders (redact: string -> string) (headers: Headers) : Headers =
        headers
        |> List.filter (fun (name, _) -> not (secretNames.Contains(name.ToLowerInvariant())))
        |> List.map (fun (name, value) -> name, redact value)

    /// <summary>The transport that also hands over every exchange, once its body was read or given up. Secrets are left out.</summary>
    let record (onExchange: Exchange -> unit) (transport: Transport) : Transport =
        Transport.create (fun request cancellationToken -> task {
            match! (transport.Send request cancellationToken).ConfigureAwait false with
            | Error error -> return Error error
            | Ok response ->
                let redact = redactor request

                let keep (body: ReadOnlyMemory<byte>) (isBroken: bool) =
                    onExchange
                        {
                            Method = request.Method
                            Url = redact (withoutQuerySecrets request.Url)
                            RequestBody = redactBytes redact (RequestBody.toMemory request.Body)
                            Status = response.Status
                            ResponseHeaders = publicHeaders redact response.Headers
                            ResponseBody = redactBytes redact body
                            IsBroken = isBroken
                        }

                return Ok(new TransportResponse(response.Status, response.Headers, new TeeStream(response.Body, keep), response))
        })

    let private append (path: string) (text: string) : Result<unit, LlmError> =
        let refuse (failure: exn) = Error(LlmError.InvalidRequest("path", $"nothing can be recorded to '{path}': {failure.Message}"))

        try
            Ok(File.AppendAllText(path, text))
        with
        | :? IOException as failure -> refuse failure
        | :? UnauthorizedAccessException as failure -> refuse failure

    /// <summary>
    /// The transport that also appends every exchange to a file, a line of JSON each. Where the file cannot be written, a call ends in
    /// <c>InvalidRequest</c> before anything is asked. An answer that came and could not be written is not lost: it is the next call that is
    /// refused, and each after it, for the recording has a gap.
    /// </summary>
    let recordTo (path: string) (transport: Transport) : Transport =
        let lockObject = obj ()
        let mutable gap: LlmError option = None

        let write exchange =
            lock lockObject (fun () ->
                match append path (Exchange.toJson exchange + "\n") with
                | Ok() -> ()
                | Error error -> gap <- Some error)

        let refusal () =
            lock lockObject (fun () ->
                match gap, append path "" with
                | Some error, _
                | None, Error error -> Some error
                | None, Ok() -> None)

        let recording = record write transport

        Transport.create (fun request cancellationToken ->
            match refusal () with
            | Some error -> Task.FromResult(Error error)
            | None -> recording.Send request cancellationToken)

    /// <summary>
    /// A transport that gives recorded answers: for each request the first exchange not yet used with the same method, address and
    /// body. A request that was not recorded is a <c>Connection</c> error that names it.
    /// </summary>
    let replay (exchanges: Exchange list) : Transport =
        let lockObject = obj ()
        let mutable rest = exchanges

        // What was recorded had its secrets taken out; this request may bring the same ones, or others.
        let matches (request: TransportRequest) : Exchange -> bool =
            let redact = redactor request
            let url = withoutQuerySecrets request.Url
            let urls = [ url; redact url ]
            let body = RequestBody.toMemory request.Body
            let bodies = [ Bytes.ofMemory body; redactBytes redact body ]

            fun exchange -> exchange.Method = request.Method && List.contains exchange.Url urls && List.contains exchange.RequestBody bodies

        let take (request: TransportRequest) =
            lock lockObject (fun () ->
                match List.tryFindIndex (matches request) rest with
                | Some index ->
                    let found = rest[index]
                    rest <- List.removeAt index rest
                    Some found
                | None -> None)

        Transport.create (fun request cancellationToken ->
            if cancellationToken.IsCancellationRequested then
                Task.FromCanceled<Result<TransportResponse, LlmError>> cancellationToken
            else
                match take request with
                | Some exchange ->
                    let answer =
                        ScriptedTransport.create
                            [
                                {
                                    Status = exchange.Status
                                    Headers = exchange.ResponseHeaders
                                    Pieces = [ Bytes.toArray exchange.ResponseBody ]
                                    IsBroken = exchange.IsBroken
                                }
                            ]

                    answer.Transport.Send request cancellationToken
                | None ->
                    LlmError.Connection(
                        Transport.host request.Url,
                        $"no recording of {request.Method} {withoutQuerySecrets request.Url} with this body is left"
                    )
                    |> Error
                    |> Task.FromResult)

    let private linesOf (path: string) : Result<string list, LlmError> =
        try
            File.ReadAllLines path |> List.ofArray |> Ok
        with
        | :? IOException as failure -> Error(LlmError.InvalidRequest("path", failure.Message))
        | :? UnauthorizedAccessException as failure -> Error(LlmError.InvalidRequest("path", failure.Message))

    /// <summary>
    /// A transport that gives the answers of a file that <c>recordTo</c> wrote; <c>InvalidRequest</c> where there is no such file,
    /// <c>InvalidJson</c> where it cannot be read.
    /// </summary>
    let ofFile (path: string) : Result<Transport, LlmError> =
        linesOf path
        |> Result.bind (List.filter (fun line -> line <> "") >> List.traverseResultM Exchange.ofJson)
        |> Result.map replay
