// Bytes as images, audio and documents: their type told, their size checked. What is wrong is an error before the wire, with the way out.
// Called by the modules Image, Audio and Document, which get the bytes from files, streams and addresses.
namespace Llm.Core

open System
open System.Text

[<RequireQualifiedAccess>]
module internal Media =
    /// 20 MiB.
    let maxImageBytes = 20L * 1024L * 1024L

    /// 25 MiB.
    let maxAudioBytes = 25L * 1024L * 1024L

    /// 100 MiB.
    let maxDocumentBytes = 100L * 1024L * 1024L

    let refuse (what: string) (reason: string) : Result<'value, LlmError> = Error(LlmError.InvalidRequest(what, reason))

    let tooLarge (what: string) (limit: int64) (size: string) : Result<'value, LlmError> =
        refuse what $"it has {size} bytes, and the limit is {limit}: make it smaller, or raise the limit"

    /// A size within the limit.
    let check (what: string) (limit: int64) (size: int64) : Result<unit, LlmError> =
        if size > limit then tooLarge what limit (string size) else Ok()

    let private unknown (what: string) (known: string) (data: Bytes) : Result<'value, LlmError> =
        if data.Length < MediaType.shortest then
            refuse what $"{data.Length} bytes are too few to be one: look whether the file was cut off"
        else
            let looks =
                MediaType.familiar data |> Option.map (fun it -> $"it looks like {it}") |> Option.defaultValue "its type is not known"

            refuse what $"{looks}: convert it to one of {known}"

    let image (limit: int64) (data: Bytes) : Result<Image, LlmError> =
        check "image" limit (int64 data.Length)
        |> Result.bind (fun () ->
            match MediaType.ofImage data with
            | Some mediaType -> Ok(Image.Inline(mediaType, data))
            | None -> unknown "image" "JPEG, PNG, GIF, WebP, HEIC or HEIF" data)

    let audio (limit: int64) (data: Bytes) : Result<Audio, LlmError> =
        check "audio" limit (int64 data.Length)
        |> Result.bind (fun () ->
            match MediaType.ofAudio data with
            | Some mediaType -> Ok { MediaType = mediaType; Data = data }
            | None -> unknown "audio" "WAV, MP3, AIFF, AAC, Ogg or FLAC" data)

    /// Refuses what is not UTF-8, where the usual one would put marks of replacement.
    let private strictUtf8 = UTF8Encoding(encoderShouldEmitUTF8Identifier = false, throwOnInvalidBytes = true)

    let private withoutMark (data: ReadOnlyMemory<byte>) : ReadOnlyMemory<byte> =
        if data.Span.StartsWith(ReadOnlySpan [| 0xEFuy; 0xBBuy; 0xBFuy |]) then data.Slice 3 else data

    let private text (mediaType: string) (data: Bytes) : Result<Document, LlmError> =
        try
            let text = strictUtf8.GetString (withoutMark data.Memory).Span

            if text.Contains '\000' then
                refuse "document" $"it is said to be {mediaType}, but holds bytes that no text has: look whether it is the right file"
            else
                Ok(Document.Text(mediaType, text))
        with :? DecoderFallbackException as failure ->
            refuse "document" $"it is said to be {mediaType}, but at byte {failure.Index} it is not UTF-8: save it as UTF-8"

    let private named (mediaType: string) (data: Bytes) : Result<Document, LlmError> =
        if MediaType.isText mediaType then
            text mediaType data
        else
            let looks = MediaType.familiar data |> Option.map (fun it -> $", but looks like {it}") |> Option.defaultValue ""
            refuse "document" $"it is said to be {mediaType}{looks}: send a PDF, a DOCX or XLSX, or text in UTF-8"

    /// What the bytes say goes before what is said of them.
    let document (limit: int64) (said: string option) (data: Bytes) : Result<Document, LlmError> =
        check "document" limit (int64 data.Length)
        |> Result.bind (fun () ->
            match MediaType.ofDocument data, said with
            | Some mediaType, _ -> Ok(Document.Inline(mediaType, data))
            | None, Some mediaType -> named mediaType data
            | None, None ->
                let endings = String.concat " " MediaType.textExtensions
                refuse "document" $"it is no PDF, DOCX or XLSX: for a text say its media type, or name its file with one of {endings}")

    /// Base64 in either alphabet, or a data url (RFC 2397) of it. The size is checked before anything is decoded.
    let ofBase64 (what: string) (limit: int64) (text: string) : Result<Bytes, LlmError> =
        let mark = ";base64,"

        let bare =
            match text.StartsWith("data:", StringComparison.OrdinalIgnoreCase), text.IndexOf(mark, StringComparison.Ordinal) with
            | true, found when found >= 0 -> text.Substring(found + mark.Length)
            | _ -> text

        let spare = bare.AsSpan().Length - bare.AsSpan().TrimEnd('=').Length

        check what limit (int64 bare.Length * 3L / 4L - int64 spare)
        |> Result.bind (fun () ->
            match Bytes.tryOfBase64 bare with
            | Some data -> Ok data
            | None -> refuse what "the text is not base64: give the bytes, or their base64 with nothing around it")
