// What bytes in a template's hole are, by how they begin: never by a name. Used by template values.
namespace Llm.Core

open System
open System.Text

[<RequireQualifiedAccess>]
module internal TemplateMedia =
    let private isAt (position: int) (expected: string) (data: Bytes) : bool =
        let bytes = Encoding.Latin1.GetBytes expected

        data.Length >= position + bytes.Length
        && data.Memory.Span.Slice(position, bytes.Length).SequenceEqual(ReadOnlySpan bytes)

    let private begins = isAt 0

    /// Signatures, as the WHATWG's MIME Sniffing Standard and ISO 14496-12 (heic, heif) have them.
    let private images: (string * (Bytes -> bool)) list =
        [
            "image/png", begins "\u0089PNG\r\n\u001a\n"
            "image/jpeg", begins "\u00ff\u00d8\u00ff"
            "image/gif", (fun data -> begins "GIF87a" data || begins "GIF89a" data)
            "image/webp", (fun data -> begins "RIFF" data && isAt 8 "WEBP" data)
            "image/heic", (fun data -> isAt 4 "ftypheic" data || isAt 4 "ftypheix" data)
            "image/heif", (fun data -> [ "mif1"; "msf1"; "hevc"; "hevx" ] |> List.exists (fun brand -> isAt 4 ("ftyp" + brand) data))
        ]

    /// An MP3 frame begins with eleven bits set; the two layer bits tell it from AAC, where they are zero.
    let private isFrame (layer: byte) (data: Bytes) =
        data.Length >= 2
        && data.Memory.Span[0] = 0xFFuy
        && data.Memory.Span[1] &&& 0xE0uy = 0xE0uy
        && data.Memory.Span[1] &&& 0x06uy = layer

    let private sounds: (string * (Bytes -> bool)) list =
        [
            "audio/wav", (fun data -> begins "RIFF" data && isAt 8 "WAVE" data)
            "audio/aiff", (fun data -> begins "FORM" data && isAt 8 "AIFF" data)
            "audio/ogg", begins "OggS"
            "audio/flac", begins "fLaC"
            "audio/mp3", (fun data -> begins "ID3" data || isFrame 0x02uy data)
            "audio/aac", isFrame 0x00uy
        ]

    let private sniff (known: (string * (Bytes -> bool)) list) (what: string) (data: Bytes) : Result<string, string> =
        match known |> List.tryFind (fun (_, isIt) -> isIt data) with
        | Some(mediaType, _) -> Ok mediaType
        | None -> Error $"the bytes are no {what} of a kind that is known; give the {what} itself, with its media type"

    let image (data: Bytes) : Result<Image, string> =
        sniff images "image" data |> Result.map (fun mediaType -> Image.Inline(mediaType, data))

    let audio (data: Bytes) : Result<Audio, string> =
        sniff sounds "audio" data |> Result.map (fun mediaType -> { MediaType = mediaType; Data = data })

    let document (data: Bytes) : Result<Document, string> =
        sniff [ "application/pdf", begins "%PDF" ] "document" data
        |> Result.map (fun mediaType -> Document.Inline(mediaType, data))
