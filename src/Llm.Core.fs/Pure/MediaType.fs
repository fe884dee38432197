// What bytes are, told from the bytes themselves: a file's name lies, and a provider refuses what was announced wrongly.
// Called by Media, which makes parts of messages; knows no file and no network.
namespace Llm.Core

open System

/// <summary>Tells media types from the first bytes of a file.</summary>
[<RequireQualifiedAccess>]
module MediaType =
    /// The shortest that can be told apart; no image or audio file is shorter.
    let internal shortest = 12

    let private at (offset: int) (mark: byte[]) (data: ReadOnlySpan<byte>) : bool =
        data.Length >= offset + mark.Length && data.Slice(offset, mark.Length).SequenceEqual(ReadOnlySpan mark)

    let private starts (mark: byte[]) (data: ReadOnlySpan<byte>) : bool = at 0 mark data

    /// The brand of a file of the ISO base media format (ISO/IEC 14496-12), such as <c>heic</c>; empty for any other file.
    let private brand (data: ReadOnlySpan<byte>) : string =
        if data.Length >= shortest && at 4 "ftyp"B data then
            Text.Encoding.ASCII.GetString(data.Slice(8, 4))
        else
            ""

    let private ofImageBrand (brand: string) : string option =
        match brand with
        | "heic"
        | "heix" -> Some "image/heic"
        | "mif1"
        | "msf1"
        | "hevc"
        | "hevx" -> Some "image/heif"
        | _ -> None

    /// <summary>
    /// The type of an image: <c>image/jpeg</c>, <c>png</c>, <c>gif</c>, <c>webp</c>, <c>heic</c> or <c>heif</c>; None for any other, or for
    /// less than twelve bytes.
    /// </summary>
    let ofImage (data: Bytes) : string option =
        let span = data.Memory.Span

        if span.Length < shortest then
            None
        elif starts [| 0xFFuy; 0xD8uy; 0xFFuy |] span then
            Some "image/jpeg"
        elif starts [| 0x89uy; 0x50uy; 0x4Euy; 0x47uy; 0x0Duy; 0x0Auy; 0x1Auy; 0x0Auy |] span then
            Some "image/png"
        elif starts "GIF87a"B span || starts "GIF89a"B span then
            Some "image/gif"
        elif starts "RIFF"B span && at 8 "WEBP"B span then
            Some "image/webp"
        else
            ofImageBrand (brand span)

    /// An MPEG audio frame of layer III (ISO/IEC 11172-3 and 13818-3): eleven bits of sync, then a version, layer, rate and frequency that
    /// exist. So FF FB, FF F3 and FF F2 are MP3, and the byte order mark of UTF-16 is not.
    let private isMp3Frame (data: ReadOnlySpan<byte>) : bool =
        let version = (data[1] >>> 3) &&& 3uy
        let layer = (data[1] >>> 1) &&& 3uy

        data[0] = 0xFFuy
        && data[1] >= 0xE0uy
        && version <> 1uy
        && layer = 1uy
        && (data[2] >>> 4) <> 15uy
        && (data[2] >>> 2 &&& 3uy) <> 3uy

    /// A frame of ADTS (ISO/IEC 13818-7): twelve bits of sync, and a layer that is always zero.
    let private isAacFrame (data: ReadOnlySpan<byte>) : bool = data[0] = 0xFFuy && (data[1] &&& 0xF6uy) = 0xF0uy

    /// <summary>
    /// The type of audio: <c>audio/wav</c>, <c>mp3</c>, <c>aiff</c>, <c>aac</c>, <c>ogg</c> or <c>flac</c>; None for any other, or for less than
    /// twelve bytes.
    /// </summary>
    let ofAudio (data: Bytes) : string option =
        let span = data.Memory.Span

        if span.Length < shortest then None
        elif starts "RIFF"B span && at 8 "WAVE"B span then Some "audio/wav"
        elif starts "ID3"B span || isMp3Frame span then Some "audio/mp3"
        elif starts "FORM"B span && (at 8 "AIFF"B span || at 8 "AIFC"B span) then Some "audio/aiff"
        elif isAacFrame span then Some "audio/aac"
        elif starts "OggS"B span then Some "audio/ogg"
        elif starts "fLaC"B span then Some "audio/flac"
        else None

    let private holds (name: byte[]) (data: ReadOnlySpan<byte>) : bool = data.IndexOf(ReadOnlySpan name) >= 0

    let private office = "application/vnd.openxmlformats-officedocument."

    /// <summary>The type of a document that is no text: PDF, or Word's or Excel's of today; None for any other.</summary>
    let ofDocument (data: Bytes) : string option =
        let span = data.Memory.Span

        if starts "%PDF-"B span then
            Some "application/pdf"
        elif starts "PK\003\004"B span && holds "word/document.xml"B span then
            Some(office + "wordprocessingml.document")
        elif starts "PK\003\004"B span && holds "xl/workbook.xml"B span then
            Some(office + "spreadsheetml.sheet")
        else
            None

    /// What a file is that no provider takes, for the message that says so.
    let internal familiar (data: Bytes) : string option =
        let span = data.Memory.Span

        if starts "BM"B span then
            Some "a BMP image"
        elif starts "II*\000"B span || starts "MM\000*"B span then
            Some "a TIFF image"
        elif brand span = "avif" || brand span = "avis" then
            Some "an AVIF image"
        elif (brand span).StartsWith("M4A", StringComparison.Ordinal) then
            Some "M4A audio"
        elif brand span <> "" then
            Some "a video"
        elif starts [| 0x1Auy; 0x45uy; 0xDFuy; 0xA3uy |] span then
            Some "WebM or Matroska"
        elif starts "<svg"B span || starts "<?xml"B span then
            Some "XML or SVG"
        elif starts "<!DOCTYPE"B span || starts "<html"B span then
            Some "a page of HTML"
        elif starts [| 0xD0uy; 0xCFuy; 0x11uy; 0xE0uy |] span then
            Some "a document of an old version of Office"
        elif starts "PK\003\004"B span then
            Some "a ZIP archive"
        else
            ofImage data |> Option.orElse (ofAudio data) |> Option.orElse (ofDocument data)

    let private byExtension =
        dict
            [
                ".txt", "text/plain"
                ".log", "text/plain"
                ".ini", "text/plain"
                ".toml", "text/plain"
                ".yaml", "text/plain"
                ".yml", "text/plain"
                ".sql", "text/plain"
                ".md", "text/markdown"
                ".markdown", "text/markdown"
                ".csv", "text/csv"
                ".tsv", "text/tab-separated-values"
                ".json", "application/json"
                ".js", "text/javascript"
                ".mjs", "text/javascript"
                ".py", "text/x-python"
                ".html", "text/html"
                ".htm", "text/html"
                ".css", "text/css"
                ".xml", "text/xml"
                ".rtf", "text/rtf"
            ]

    /// The endings that text documents may have.
    let internal textExtensions: string list = List.ofSeq byExtension.Keys

    /// <summary>The type of a text document by the ending of its name, in any case; None for endings that are not of texts.</summary>
    /// <example><c>MediaType.ofTextFile "notes/READ.ME.md"</c> evaluates to <c>Some "text/markdown"</c>.</example>
    let ofTextFile (name: string) : string option =
        match name.LastIndexOf '.' with
        | -1 -> None
        | dot ->
            match byExtension.TryGetValue(name.Substring(dot).ToLowerInvariant()) with
            | true, found -> Some found
            | _ -> None

    /// <summary>Whether a type is one of texts: <c>text/...</c>, and those of <c>application/...</c> that are text.</summary>
    let isText (mediaType: string) : bool =
        mediaType.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
        || List.contains
            (mediaType.ToLowerInvariant())
            [
                "application/json"
                "application/xml"
                "application/rtf"
                "application/javascript"
                "application/x-javascript"
                "application/x-python"
                "application/yaml"
            ]
