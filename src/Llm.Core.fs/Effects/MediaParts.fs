// Images, audio and documents from bytes, files, streams and addresses. What callers use; how bytes are read is MediaSource's, what they
// are is Media's.
namespace Llm.Core

open System.IO
open System.Threading
open System.Threading.Tasks

/// <summary>Images. <c>Image.Url</c> is an address that the provider fetches; what is made here is sent with the message.</summary>
[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Image =
    /// <summary>The most bytes of an image unless said otherwise: 20 MiB.</summary>
    let maxBytes: int64 = Media.maxImageBytes

    /// <summary>
    /// An image of at most so many bytes, its type told from them: JPEG, PNG, GIF, WebP, HEIC or HEIF. What is none of these, too large or
    /// not to be read is <c>InvalidRequest("image", why and what to do)</c>; a download ends in the errors of a call.
    /// </summary>
    /// <example><c>Image.load (50L * 1024L * 1024L) (MediaSource.File "poster.png") cancellationToken</c></example>
    let load (limit: int64) (source: MediaSource) : CancellableTaskResult<Image, LlmError> = cancellableTaskResult {
        let! data = MediaSource.read "image" limit source
        return! Media.image limit data
    }

    /// <summary>An image of these bytes.</summary>
    let ofBytes (data: Bytes) : Result<Image, LlmError> = Media.image maxBytes data

    /// <summary>An image in base64 or as a data url.</summary>
    let ofBase64 (text: string) : Result<Image, LlmError> = Media.ofBase64 "image" maxBytes text |> Result.bind ofBytes

    /// <summary>An image in a file. Its name says nothing of its type.</summary>
    /// <example><c>Image.fromFile "cat.png" cancellationToken</c>, then <c>UserPart.Image image</c>.</example>
    let fromFile (path: string) (cancellationToken: CancellationToken) : Task<Result<Image, LlmError>> =
        load maxBytes (MediaSource.File path) cancellationToken

    /// <summary>An image from a stream, which is read to its end and left open.</summary>
    let fromStream (stream: Stream) (cancellationToken: CancellationToken) : Task<Result<Image, LlmError>> =
        load maxBytes (MediaSource.Stream stream) cancellationToken

    /// <summary>An image at an address, downloaded now; for providers that do not fetch. See <see cref="T:Llm.Core.MediaSource"/>.</summary>
    let download (url: string) (cancellationToken: CancellationToken) (client: Client) : Task<Result<Image, LlmError>> =
        load maxBytes (MediaSource.Download(client, url)) cancellationToken

/// <summary>Audio that a user says.</summary>
[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Audio =
    /// <summary>The most bytes of audio unless said otherwise: 25 MiB.</summary>
    let maxBytes: int64 = Media.maxAudioBytes

    /// <summary>
    /// Audio of at most so many bytes, its type told from them: WAV, MP3, AIFF, AAC, Ogg or FLAC. What is none of these, too large or not
    /// to be read is <c>InvalidRequest("audio", why and what to do)</c>; a download ends in the errors of a call.
    /// </summary>
    let load (limit: int64) (source: MediaSource) : CancellableTaskResult<Audio, LlmError> = cancellableTaskResult {
        let! data = MediaSource.read "audio" limit source
        return! Media.audio limit data
    }

    /// <summary>Audio of these bytes.</summary>
    let ofBytes (data: Bytes) : Result<Audio, LlmError> = Media.audio maxBytes data

    /// <summary>Audio in base64 or as a data url.</summary>
    let ofBase64 (text: string) : Result<Audio, LlmError> = Media.ofBase64 "audio" maxBytes text |> Result.bind ofBytes

    /// <summary>Audio in a file. Its name says nothing of its type.</summary>
    let fromFile (path: string) (cancellationToken: CancellationToken) : Task<Result<Audio, LlmError>> =
        load maxBytes (MediaSource.File path) cancellationToken

    /// <summary>Audio from a stream, which is read to its end and left open.</summary>
    let fromStream (stream: Stream) (cancellationToken: CancellationToken) : Task<Result<Audio, LlmError>> =
        load maxBytes (MediaSource.Stream stream) cancellationToken

    /// <summary>Audio at an address, downloaded now. See <see cref="T:Llm.Core.MediaSource"/>.</summary>
    let download (url: string) (cancellationToken: CancellationToken) (client: Client) : Task<Result<Audio, LlmError>> =
        load maxBytes (MediaSource.Download(client, url)) cancellationToken

/// <summary>
/// Documents. <c>Document.Url</c> is an address that the provider fetches, <c>Document.Text</c> a text at hand; what is made here is sent with
/// the message.
/// </summary>
[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Document =
    /// <summary>The most bytes of a document unless said otherwise: 100 MiB. Providers take less: Anthropic 32 MB a request, OpenAI 50 MB.</summary>
    let maxBytes: int64 = Media.maxDocumentBytes

    /// <summary>
    /// A document of at most so many bytes. PDF, DOCX and XLSX are told from the bytes; else it is text in UTF-8 of the type that is said, or
    /// that the name of the file says (<c>.txt .md .csv .json .html .xml .py .js .css .rtf</c> and others). What is none of these, too large
    /// or not to be read is <c>InvalidRequest("document", why and what to do)</c>; a download ends in the errors of a call.
    /// </summary>
    let load (limit: int64) (mediaType: string option) (source: MediaSource) : CancellableTaskResult<Document, LlmError> =
        cancellableTaskResult {
            let! data = MediaSource.read "document" limit source
            return! Media.document limit (mediaType |> Option.orElse (MediaSource.textType source)) data
        }

    /// <summary>A document of these bytes: a PDF, DOCX or XLSX, which needs no type said, or a text of the type that is said.</summary>
    /// <example><c>Document.ofBytes (Some "text/csv") data</c> is a <c>Document.Text("text/csv", ...)</c>.</example>
    let ofBytes (mediaType: string option) (data: Bytes) : Result<Document, LlmError> = Media.document maxBytes mediaType data

    /// <summary>As <c>ofBytes</c>, from base64 or a data url.</summary>
    let ofBase64 (mediaType: string option) (text: string) : Result<Document, LlmError> =
        Media.ofBase64 "document" maxBytes text |> Result.bind (ofBytes mediaType)

    /// <summary>A document in a file. Only a text's type is taken from its name.</summary>
    let fromFile (path: string) (cancellationToken: CancellationToken) : Task<Result<Document, LlmError>> =
        load maxBytes None (MediaSource.File path) cancellationToken

    /// <summary>A document from a stream, which is read to its end and left open.</summary>
    let fromStream (mediaType: string option) (stream: Stream) (cancellationToken: CancellationToken) : Task<Result<Document, LlmError>> =
        load maxBytes mediaType (MediaSource.Stream stream) cancellationToken

    /// <summary>A document at an address, downloaded now; for providers that do not fetch. See <see cref="T:Llm.Core.MediaSource"/>.</summary>
    let download (url: string) (cancellationToken: CancellationToken) (client: Client) : Task<Result<Document, LlmError>> =
        load maxBytes None (MediaSource.Download(client, url)) cancellationToken
