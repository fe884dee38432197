// Where images, audio and documents come from, and how their bytes are read: never more than the limit, and never for ever.
// Called by the modules Image, Audio and Document; what the bytes are is Media's to tell.
namespace Llm.Core

open System
open System.IO
open System.Threading
open System.Threading.Tasks

/// <summary>Where the bytes of an image, of audio or of a document are.</summary>
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type MediaSource =
    /// Bytes that are there already.
    | Bytes of Bytes
    /// Base64 in the standard or the url-safe alphabet, or a data url.
    | Base64 of text: string
    /// A file.
    | File of path: string
    /// A stream, read from where it stands to its end. It is left open.
    | Stream of Stream
    /// An address that is downloaded by the client's transport, with its timeouts; redirects are followed. No key is sent along. Whoever
    /// names the address decides where your process connects to: do not take it from strangers.
    | Download of client: Client * url: string

/// Reads sources.
[<RequireQualifiedAccess>]
module internal MediaSource =
    /// Gives what is read next, nothing at the end.
    type private Reader = Memory<byte> -> CancellationToken -> ValueTask<Result<int, LlmError>>

    /// Reads to the end; a length that is known beforehand saves copies. The limit is watched while reading: lengths lie, and devices have none.
    let private readAll what (limit: int64) (expected: int64) (read: Reader) : CancellableTaskResult<Bytes, LlmError> =
        fun cancellationToken -> task {
            // One byte more, to see the end without growing.
            let mutable buffer = Array.zeroCreate<byte>(int (min (min limit expected) (int64 (Array.MaxLength - 1))) + 1)
            let mutable filled = 0
            let mutable outcome = ValueNone

            while outcome.IsNone do
                if filled = buffer.Length then
                    Array.Resize(&buffer, int (min (int64 buffer.Length * 2L + 4096L) (int64 Array.MaxLength)))

                match! (read (buffer.AsMemory filled) cancellationToken).ConfigureAwait false with
                | Error error -> outcome <- ValueSome(Error error)
                | Ok 0 -> outcome <- ValueSome(Ok())
                | Ok count ->
                    filled <- filled + count

                    if int64 filled > limit then outcome <- ValueSome(Media.tooLarge what limit $"at least {filled}")

            match outcome with
            | ValueSome(Error error) -> return Error error
            | _ ->
                // What was reserved in vain is not kept alive with the message.
                if filled < buffer.Length - 1 then Array.Resize(&buffer, filled)

                return Ok(Bytes.ofMemory (ReadOnlyMemory(buffer, 0, filled)))
        }

    let private ofStream what (limit: int64) (expected: int64) (stream: Stream) : CancellableTaskResult<Bytes, LlmError> =
        let read (memory: Memory<byte>) (cancellationToken: CancellationToken) =
            ValueTask<Result<int, LlmError>>(
                task {
                    try
                        let! count = stream.ReadAsync(memory, cancellationToken).ConfigureAwait false
                        return Ok count
                    with
                    | :? IOException as failure -> return Media.refuse what $"it could not be read: {failure.Message}"
                    | :? NotSupportedException -> return Media.refuse what "its stream cannot be read: open it for reading"
                    | :? ObjectDisposedException -> return Media.refuse what "its stream is closed: read it before it is closed"
                }
            )

        readAll what limit expected read

    let private remaining (stream: Stream) : int64 = if stream.CanSeek then max 0L (stream.Length - stream.Position) else 64L * 1024L

    let private openFile (what: string) (path: string) : Result<FileStream, LlmError> =
        let refuse (reason: string) = Media.refuse what $"the file '{path}' {reason}"

        try
            Ok(
                new FileStream(
                    path,
                    FileMode.Open,
                    FileAccess.Read,
                    FileShare.Read,
                    bufferSize = 0,
                    options = (FileOptions.Asynchronous ||| FileOptions.SequentialScan)
                )
            )
        with
        | :? FileNotFoundException
        | :? DirectoryNotFoundException -> refuse "is not there: look at its path, and at the directory that it starts from"
        | :? UnauthorizedAccessException -> refuse "may not be read, or is a directory: look at its permissions"
        | :? IOException as failure -> refuse $"could not be opened: {failure.Message}"
        | :? ArgumentException as failure -> refuse $"cannot be: {failure.Message}"

    let private ofFile (what: string) (limit: int64) (path: string) : CancellableTaskResult<Bytes, LlmError> =
        fun cancellationToken -> task {
            match openFile what path with
            | Error error -> return Error error
            | Ok file ->
                use file = file

                match Media.check what limit (remaining file) with
                | Error error -> return Error error
                | Ok() -> return! (ofStream what limit (remaining file) file cancellationToken).ConfigureAwait false
        }

    let private get (client: Client) (url: string) : TransportRequest =
        {
            Method = "GET"
            Url = url
            Headers = [ "accept", "*/*" ]
            SecretHeaders = []
            Body = RequestBody.empty
            Stream = true
            ConnectTimeout = client.Timeouts.Connect
        }

    /// The length that the server announces; none for an answer that is decompressed on its way.
    let private announced (headers: Headers) : int64 option =
        Headers.tryFind "content-length" headers
        |> Option.bind (fun text ->
            match Int64.TryParse text with
            | true, length -> Some length
            | _ -> None)

    let private readAnswer (what: string) (limit: int64) (host: string) (client: Client) (answer: TransportResponse) =
        fun (cancellationToken: CancellationToken) -> task {
            let bodyOf most = new Body(answer, host, client.Timeouts.Idle, most, Waits.AtRest client.TimeProvider)

            if answer.Status < 200 || answer.Status > 299 then
                use body = bodyOf client.MaxAnswerBytes
                let! struct (evidence, _) = (body.ReadAllAsync cancellationToken).ConfigureAwait false
                return Error(ErrorBody.ofAnswer host { Status = answer.Status; Headers = answer.Headers; Body = evidence })
            else
                // The limit is ours to name: the body's own would call it an answer of a model.
                use body = bodyOf Int64.MaxValue
                let length = announced answer.Headers

                match Media.check what limit (Option.defaultValue 0L length) with
                | Error error -> return Error error
                | Ok() ->
                    let read memory token = body.ReadAsync(memory, token)
                    return! (readAll what limit (Option.defaultValue (64L * 1024L) length) read cancellationToken).ConfigureAwait false
        }

    let private isWeb (url: string) : bool =
        match Uri.TryCreate(url, UriKind.Absolute) with
        | true, address -> address.Scheme = Uri.UriSchemeHttps || address.Scheme = Uri.UriSchemeHttp
        | _ -> false

    let private download what (limit: int64) (client: Client) (url: string) : CancellableTaskResult<Bytes, LlmError> =
        fun cancellationToken -> task {
            if not (isWeb url) then
                return Media.refuse what "only addresses that begin with https:// or http:// can be downloaded"
            else
                let transport = client.Transport |> Transport.withFirstByteTimeout client.TimeProvider client.Timeouts.FirstByte

                match! (transport.Send (get client url) cancellationToken).ConfigureAwait false with
                | Error error -> return Error error
                | Ok answer -> return! (readAnswer what limit (Transport.host url) client answer cancellationToken).ConfigureAwait false
        }

    /// The bytes of a source, no more than the limit.
    let read (what: string) (limit: int64) (source: MediaSource) : CancellableTaskResult<Bytes, LlmError> =
        fun cancellationToken ->
            match source with
            | MediaSource.Bytes data -> Task.FromResult(Ok data)
            | MediaSource.Base64 text -> Task.FromResult(Media.ofBase64 what limit text)
            | MediaSource.File path -> ofFile what limit path cancellationToken
            | MediaSource.Stream stream -> ofStream what limit (remaining stream) stream cancellationToken
            | MediaSource.Download(client, url) -> download what limit client url cancellationToken

    /// What the name of a source says of a text document's type.
    let textType (source: MediaSource) : string option =
        match source with
        | MediaSource.File path -> MediaType.ofTextFile path
        | MediaSource.Download(_, url) ->
            match Uri.TryCreate(url, UriKind.Absolute) with
            | true, address -> MediaType.ofTextFile address.AbsolutePath
            | _ -> None
        | MediaSource.Bytes _
        | MediaSource.Base64 _
        | MediaSource.Stream _ -> None
