// How the value of a hole is said: in the text, or as parts of its own; and what a type's values could never be.
// Used by templates and by interpolated strings.
namespace Llm.Core

open System
open System.Collections
open System.Globalization

/// What a value becomes.
[<RequireQualifiedAccess>]
type internal Said =
    | Words of string
    | UserPart of UserPart
    | AssistantPart of AssistantPart

[<RequireQualifiedAccess>]
module internal TemplateValues =
    let private wrong (what: string) (value: obj) : Result<'said, string> = Error $"{value.GetType().Name} is not {what}"

    /// The items of a list, which a text and bytes are not.
    let private items (value: obj) : obj list option =
        match value with
        | :? string
        | :? (byte[]) -> None
        | :? IEnumerable as items -> Some [ for item in items -> TemplateInput.unwrap item ]
        | _ -> None

    let private bytes (value: obj) : Bytes voption =
        match value with
        | :? Bytes as bytes -> ValueSome bytes
        | :? (byte[]) as bytes -> ValueSome(Bytes.ofArray bytes)
        | :? ReadOnlyMemory<byte> as bytes -> ValueSome(Bytes.ofMemory bytes)
        | _ -> ValueNone

    let private pad (alignment: int) (text: string) = if alignment >= 0 then text.PadLeft alignment else text.PadRight -alignment

    let private formatted (format: string) (value: IFormattable) : Result<string, string> =
        try
            Ok(value.ToString(format, CultureInfo.InvariantCulture))
        with :? FormatException ->
            Error $"'{format}' is no format for {value.GetType().Name}"

    /// In the text; a part of a message stays one.
    let rec private inText (alignment: int) (format: string) (value: obj) : Result<Said list, string> =
        let words (text: string) = Ok [ Said.Words(pad alignment text) ]

        match value with
        | null -> words ""
        | :? UserPart as part -> Ok [ Said.UserPart part ]
        | :? AssistantPart as part -> Ok [ Said.AssistantPart part ]
        | :? Image as image -> Ok [ Said.UserPart(UserPart.Image image) ]
        | :? Audio as audio -> Ok [ Said.UserPart(UserPart.Audio audio) ]
        | :? Document as document -> Ok [ Said.UserPart(UserPart.Document document) ]
        | :? Message -> Error "a message is no text; put it under MESSAGES:"
        | _ when format <> "" && not (value :? IFormattable) -> Error $"{value.GetType().Name} has no formats, so '{format}' says nothing"
        | :? string as text -> words text
        | :? Response as response -> words (Response.text response)
        | :? IFormattable as number -> formatted format number |> Result.bind words
        | _ when (bytes value).IsSome -> Error "these are bytes; write :image, :audio or :document"
        | _ when TemplateInput.isList (value.GetType()) -> Error "this is a list; write :list for its items, a line each, or :parts"
        | _ -> words (string value)

    let private textOf (value: obj) : Result<string, string> =
        inText 0 "" value
        |> Result.bind (fun said ->
            match said with
            | [ Said.Words text ] -> Ok text
            | _ -> wrong "text" value)

    let private all (results: Result<'said, string> list) : Result<'said list, string> =
        (results, Ok [])
        ||> List.foldBack (fun each rest -> each |> Result.bind (fun each -> rest |> Result.map (fun rest -> each :: rest)))

    let rec private joined (level: int) (value: obj) : Result<string, string> =
        match level, value with
        | _, null -> Ok ""
        | 0, _ -> textOf value
        | _ ->
            match items value with
            | Some items -> items |> List.map (joined (level - 1)) |> all |> Result.map (String.concat (if level = 1 then "\n" else "\n\n"))
            | None -> wrong "a list" value

    let private isUrl (text: string) =
        [ "http://"; "https://"; "gs://" ]
        |> List.exists (fun scheme -> text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))

    /// The media type and the bytes of a data url in base64 (RFC 2397).
    let private dataUrl (text: string) : (string * Bytes) option =
        match text.IndexOf ";base64," with
        | end' when text.StartsWith("data:", StringComparison.OrdinalIgnoreCase) && end' > 5 ->
            Bytes.tryOfBase64 (text.Substring(end' + 8)) |> Option.map (fun bytes -> text.Substring(5, end' - 5), bytes)
        | _ -> None

    let private notLoaded (what: string) (text: string) =
        let shown = if text.Length > 60 then text.Substring(0, 60) + "..." else text
        Error $"'{shown}' is no address of {what}; a template reads no files, so give the {what} itself or its bytes"

    let rec private image (value: obj) : Result<UserPart, string> =
        match value with
        | :? Image as image -> Ok(UserPart.Image image)
        | :? UserPart as part when part.IsImage -> Ok part
        | :? Uri as address -> image address.OriginalString
        | :? string as text when isUrl text -> Ok(UserPart.Image(Image.Url text))
        | :? string as text ->
            match dataUrl text with
            | Some(mediaType, data) -> Ok(UserPart.Image(Image.Inline(mediaType, data)))
            | None -> notLoaded "image" text
        | _ ->
            match bytes value with
            | ValueSome data -> TemplateMedia.image data |> Result.map UserPart.Image
            | ValueNone -> wrong "an image" value

    let private audio (value: obj) : Result<UserPart, string> =
        match value with
        | :? Audio as audio -> Ok(UserPart.Audio audio)
        | :? UserPart as part when part.IsAudio -> Ok part
        | :? string as text ->
            match dataUrl text with
            | Some(mediaType, data) -> Ok(UserPart.Audio { MediaType = mediaType; Data = data })
            | None -> notLoaded "audio" text
        | _ ->
            match bytes value with
            | ValueSome data -> TemplateMedia.audio data |> Result.map UserPart.Audio
            | ValueNone -> wrong "audio" value

    let rec private document (value: obj) : Result<UserPart, string> =
        match value with
        | :? Document as document -> Ok(UserPart.Document document)
        | :? UserPart as part when part.IsDocument -> Ok part
        | :? Uri as address -> document address.OriginalString
        | :? string as text when isUrl text -> Ok(UserPart.Document(Document.Url text))
        | :? string as text ->
            match dataUrl text with
            | Some(mediaType, data) -> Ok(UserPart.Document(Document.Inline(mediaType, data)))
            | None -> notLoaded "document" text
        | _ ->
            match bytes value with
            | ValueSome data -> TemplateMedia.document data |> Result.map UserPart.Document
            | ValueNone -> wrong "a document" value

    let private part (value: obj) : Result<Said, string> =
        match value with
        | :? string as text -> Ok(Said.UserPart(UserPart.Text text))
        | _ ->
            inText 0 "" value
            |> Result.bind (fun said ->
                match said with
                | [ Said.UserPart _ as part ]
                | [ Said.AssistantPart _ as part ] -> Ok part
                | _ -> wrong "a part of a message" value)

    let private one (kind: HolePart) (value: obj) : Result<Said, string> =
        match kind with
        | HolePart.Text -> textOf value |> Result.map (UserPart.Text >> Said.UserPart)
        | HolePart.Image -> image value |> Result.map Said.UserPart
        | HolePart.Audio -> audio value |> Result.map Said.UserPart
        | HolePart.Document -> document value |> Result.map Said.UserPart
        | HolePart.Part -> part value

    /// What a value becomes; nothing is said of null.
    let say (foreign: ForeignValues) (kind: HoleKind) (value: obj) : Result<Said list, string> =
        let value = foreign.ValueOf(TemplateInput.unwrap value)

        match kind with
        | HoleKind.Inline(alignment, format) -> inText alignment format value
        | HoleKind.Joined level -> joined level value |> Result.map (fun text -> [ Said.Words text ])
        | HoleKind.Parts _ when isNull value -> Ok []
        | HoleKind.Parts(part, false) -> one part value |> Result.map List.singleton
        | HoleKind.Parts(part, true) ->
            match items value with
            | Some items -> items |> List.filter (isNull >> not) |> List.map (foreign.ValueOf >> one part) |> all
            | None -> wrong "a list" value
        | HoleKind.Cache _
        | HoleKind.Empty -> Ok []

    let private userMedia = [ typeof<Image>; typeof<Audio>; typeof<Document>; typeof<UserPart> ]

    let private holds (kinds: Type list) (kind: Type) = kinds |> List.exists (fun (each: Type) -> each.IsAssignableFrom kind)

    let private raw = [ typeof<Bytes>; typeof<byte[]>; typeof<ReadOnlyMemory<byte>> ]

    /// What the items of a list are, where its type says so.
    let private item (kind: Type) : Type option =
        if kind.IsArray then
            Option.ofObj (kind.GetElementType())
        else
            Array.append [| kind |] (kind.GetInterfaces())
            |> Array.tryFind (fun each -> each.IsGenericType && each.GetGenericTypeDefinition() = typedefof<seq<_>>)
            |> Option.map (fun each -> each.GetGenericArguments()[0])

    /// Why no value of the type can be said so; None where one can.
    let rec refusal (foreign: ForeignValues) (role: TemplateRole) (kind: HoleKind) (known: Type) : string option =
        let known = foreign.TypeOf(TemplateInput.content known)
        let isOpen = known = typeof<obj> || known.IsInterface && not (TemplateInput.isList known)
        let isList = TemplateInput.isList known
        let list () = item known |> Option.defaultValue typeof<obj>

        let within kind = if isList then refusal foreign role kind (list ()) else Some $"this is no list, but {known.Name}"

        match kind with
        | _ when isOpen -> None
        | HoleKind.Inline _ when isList -> Some "this is a list; write :list for its items, a line each, or :parts"
        | HoleKind.Inline _ when holds raw known -> Some "these are bytes; write :image, :audio or :document"
        | HoleKind.Inline _ when typeof<Message>.IsAssignableFrom known -> Some "a message is no text; put it under MESSAGES:"
        | HoleKind.Inline _ when role <> TemplateRole.User && holds userMedia known -> Some $"{known.Name} belongs in USER"
        | HoleKind.Inline(_, format) when format <> "" && not (typeof<IFormattable>.IsAssignableFrom known) ->
            Some $"{known.Name} has no formats, so '{format}' says nothing"
        | HoleKind.Joined level -> within (if level = 1 then HoleKind.Inline(0, "") else HoleKind.Joined(level - 1))
        | HoleKind.Parts(part, true) -> within (HoleKind.Parts(part, false))
        | HoleKind.Parts(HolePart.Image, _) when
            not (holds [ typeof<Image>; typeof<UserPart>; typeof<string>; typeof<Uri> ] known || holds raw known)
            ->
            Some $"{known.Name} is not an image"
        | HoleKind.Parts(HolePart.Audio, _) when not (holds [ typeof<Audio>; typeof<UserPart>; typeof<string> ] known || holds raw known) ->
            Some $"{known.Name} is not audio"
        | HoleKind.Parts(HolePart.Document, _) when
            not (holds [ typeof<Document>; typeof<UserPart>; typeof<string>; typeof<Uri> ] known || holds raw known)
            ->
            Some $"{known.Name} is not a document"
        | HoleKind.Parts(HolePart.Part, _) when not (holds (typeof<string> :: typeof<AssistantPart> :: userMedia) known) ->
            Some $"{known.Name} is not a part of a message"
        | _ -> None
