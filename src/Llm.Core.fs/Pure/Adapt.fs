// The history as another model will understand it, and what is lost on the way, as data. Encoders translate by the same rules, which a law
// holds them to. Called by users before they switch, and by the model for its warnings; knows no wire format but by the values given.
namespace Llm.Core

open System
open System.Text
open System.Text.Json

/// <summary>How near a message's origin is to the model that it goes to.</summary>
[<RequireQualifiedAccess>]
type Kinship =
    /// Another provider or wire format, or the caller.
    | Stranger
    /// Another model of the same provider and wire format.
    | SameProvider
    /// The very model.
    | SameModel

/// <summary>Whom a conversation goes to, and what of an assistant's message can be said there beside text and tool calls.</summary>
[<NoComparison; NoEquality>]
type Target =
    {
        /// Id of the provider.
        Provider: string
        /// The wire format.
        Api: string
        /// The model, as the provider names it.
        Model: string
        /// Whether a model gets its own messages back exactly as they came.
        ReturnsNative: bool
        /// Whether a thought, audio, an image or a provider's part can be said there, by where it comes from.
        Carries: Kinship -> AssistantPart -> bool
    }

/// <summary>What an adapted message has lost.</summary>
[<RequireQualifiedAccess>]
type LostContent =
    /// A readable thought. Not lost where the parameters ask for thoughts as text.
    | Thought of thought: string
    /// The proof that a thought or a call is the model's own.
    | Signature
    /// Reasoning that only its provider can read.
    | EncryptedReasoning
    /// A thought that the provider hid.
    | RedactedThought of ProviderPart
    /// What only its provider understands, such as the results of its own tools.
    | ProviderPart of ProviderPart
    /// Audio, and the id by which its provider knows it; its transcript stays, as text.
    | Audio of SpokenAudio
    /// An image.
    | Image of Image

/// <summary>Something that was lost, and whose message it stood in.</summary>
type Loss =
    {
        /// The place of the message in the history, from 0.
        Message: int
        /// Where the message came from; None for one that the caller wrote.
        Origin: Origin option
        /// What.
        Content: LostContent
    }

/// <summary>A history in the words of another model.</summary>
type Adapted =
    {
        /// The messages, as many as before.
        Messages: Message list
        /// What is not in them any more, in order.
        Losses: Loss list
    }

/// <summary>Functions on <see cref="T:Llm.Core.Loss"/>.</summary>
[<RequireQualifiedAccess>]
module Loss =
    /// <summary>The name of what was lost, as warnings call it.</summary>
    /// <example><c>Loss.feature LostContent.Signature</c> evaluates to <c>"signature"</c>.</example>
    let feature (content: LostContent) : string =
        match content with
        | LostContent.Thought _ -> "thought"
        | LostContent.Signature -> "signature"
        | LostContent.EncryptedReasoning -> "encrypted_reasoning"
        | LostContent.RedactedThought part
        | LostContent.ProviderPart part -> part.Kind
        | LostContent.Audio _ -> "audio"
        | LostContent.Image _ -> "image"

    let private what (content: LostContent) : string =
        match content with
        | LostContent.Thought _ -> "a thought"
        | LostContent.Signature -> "the signature of a thought or a call"
        | LostContent.EncryptedReasoning -> "encrypted reasoning"
        | LostContent.RedactedThought _ -> "a redacted thought"
        | LostContent.ProviderPart part -> $"'{part.Kind}', which only its provider understands"
        | LostContent.Audio { Transcript = "" } -> "audio without a transcript"
        | LostContent.Audio _ -> "audio, but not its transcript"
        | LostContent.Image _ -> "an image"

    let private writer (origin: Origin option) : string =
        match origin with
        | Some origin -> $"{origin.Provider}'s {origin.Model}"
        | None -> "the caller"

    /// <summary>One line for people.</summary>
    let render (loss: Loss) : string = $"message {loss.Message} of {writer loss.Origin} loses {what loss.Content}"

    let private warningsOf (provider: string) (model: string) (losses: Loss list) : Warning list =
        losses
        |> List.groupBy (fun loss -> feature loss.Content)
        |> List.map (fun (feature, alike) ->
            let more = if alike.Length > 1 then $", and {alike.Length - 1} more of the kind" else ""

            {
                Provider = provider
                Model = model
                Feature = feature
                Message = $"Switching to {provider}'s {model}: {render alike.Head}{more}"
            })

    /// One warning for each kind of loss.
    let internal warnings (provider: string) (model: string) (losses: Loss list) : Warning list =
        // Nearly always: so the grouping, which is much code, is not even compiled.
        if losses.IsEmpty then [] else warningsOf provider model losses

/// What stands in providers' own forms and in no part: the names of the members and types that hold it.
module private Hidden =
    let private signatures = [ "signature"; "thoughtSignature"; "thought_signature" ]

    let private isEncrypted (item: JsonElement) : bool =
        match Dom.string "type" item with
        | ValueSome "reasoning" -> (Dom.nonEmpty "encrypted_content" item).IsSome
        | ValueSome "reasoning.encrypted" -> true
        | _ -> false

    let rec private find (element: JsonElement) : LostContent list =
        match element.ValueKind with
        | JsonValueKind.Array -> Dom.asItems element |> List.collect find
        | JsonValueKind.Object ->
            [
                if isEncrypted element then LostContent.EncryptedReasoning
                if signatures |> List.exists (fun name -> (Dom.nonEmpty name element).IsSome) then
                    LostContent.Signature
                for property in element.EnumerateObject() do
                    yield! find property.Value
            ]
        | _ -> []

    /// What a provider's own form holds beside the parts.
    let inNative (native: Json) : LostContent list =
        Dom.parse (ReadOnlyMemory(Encoding.UTF8.GetBytes(Json.text native))) find |> Result.defaultValue []

/// How one message is adapted.
module private Adapting =
    let kinship (target: Target) (message: AssistantMessage) : Kinship =
        match message.Origin with
        | Some origin when origin.Provider <> target.Provider || origin.Api <> target.Api -> Kinship.Stranger
        | Some origin when origin.Model <> target.Model -> Kinship.SameProvider
        | Some _ -> Kinship.SameModel
        | None -> Kinship.Stranger

    /// Whether a part is more than a text or a call, which any model can be told.
    let isMore (part: AssistantPart) : bool =
        match part with
        | AssistantPart.Text _
        | AssistantPart.ToolCall _ -> false
        | AssistantPart.Thought _
        | AssistantPart.Audio _
        | AssistantPart.Image _
        | AssistantPart.Other _ -> true

    let private isRedacted (part: ProviderPart) = part.Kind.Contains("redacted", StringComparison.OrdinalIgnoreCase)

    let private transcript (audio: SpokenAudio) = if audio.Transcript = "" then [] else [ AssistantPart.Text audio.Transcript ]

    /// What a part becomes, and what of it is lost.
    let private adaptPart (asText: bool) (carries: AssistantPart -> bool) (part: AssistantPart) : AssistantPart list * LostContent list =
        match part with
        | AssistantPart.Text _
        | AssistantPart.ToolCall _ -> [ part ], []
        | AssistantPart.Thought thought when asText -> [ AssistantPart.Text("**Thinking:** " + thought) ], []
        | _ when carries part -> [ part ], []
        | AssistantPart.Thought thought -> [], [ LostContent.Thought thought ]
        | AssistantPart.Audio audio -> transcript audio, [ LostContent.Audio audio ]
        | AssistantPart.Image image -> [], [ LostContent.Image image ]
        | AssistantPart.Other other when isRedacted other -> [], [ LostContent.RedactedThought other ]
        | AssistantPart.Other other -> [], [ LostContent.ProviderPart other ]

    /// Who asks for thoughts as text knows that their signatures stay behind.
    let private hidden (asText: bool) (origin: Origin option) : LostContent list =
        origin
        |> Option.bind (fun origin -> origin.Native)
        |> Option.map Hidden.inNative
        |> Option.defaultValue []
        |> List.filter (fun lost -> not (asText && lost.IsSignature))

    let private goesBackAsItCame (target: Target) (parameters: Params) (message: AssistantMessage) : bool =
        target.ReturnsNative
        && Request.nativeFor target.Provider target.Api (Request.create target.Model parameters false []) message |> Option.isSome

    let adapt (target: Target) (parameters: Params) (message: AssistantMessage) : AssistantMessage * LostContent list =
        if goesBackAsItCame target parameters message then
            message, []
        else
            let asText = Params.encodesThoughtsAsText parameters
            let parts, lost = message.Content |> List.map (adaptPart asText (target.Carries(kinship target message))) |> List.unzip
            let origin = message.Origin |> Option.map (fun origin -> { origin with Native = None })
            { message with Content = List.concat parts; Origin = origin }, List.concat lost @ hidden asText message.Origin

/// Adds to <see cref="T:Llm.Core.Message"/> what needs to know whom a message goes to.
[<AutoOpen>]
module MessageAdapting =
    /// Functions on <see cref="T:Llm.Core.Message"/>.
    [<RequireQualifiedAccess>]
    module Message =
        /// <summary>
        /// A history as it will be understood by another model, and what is lost: what only its author understands, and what the target cannot
        /// be told. Texts and tool calls always stay. A message that goes back to the very model that said it stays as it came. Adapting what
        /// was adapted changes nothing and loses nothing.
        /// </summary>
        /// <example><c>history |> Message.adapt (codec.Target "claude-sonnet-4-5") Params.none</c></example>
        let adapt (target: Target) (parameters: Params) (history: Message list) : Adapted =
            let adaptOne index (message: Message) : Message * Loss list =
                match message with
                | Message.Assistant assistant ->
                    let adapted, lost = Adapting.adapt target parameters assistant
                    let loss content = { Message = index; Origin = assistant.Origin; Content = content }
                    Message.Assistant adapted, List.map loss lost
                | Message.System _
                | Message.User _ -> message, []

            let messages, losses = history |> List.mapi adaptOne |> List.unzip
            { Messages = messages; Losses = List.concat losses }

/// Functions on <see cref="T:Llm.Core.Target"/>.
[<RequireQualifiedAccess>]
module Target =
    /// <summary>
    /// A model that gets its own messages back, and whom of others' messages nothing reaches but texts, tool calls and transcripts.
    /// </summary>
    let create (provider: string) (api: string) (model: string) : Target =
        { Provider = provider; Api = api; Model = model; ReturnsNative = true; Carries = fun _ _ -> false }

    /// Texts and calls of nobody in particular lose nothing: that is nearly all of a long conversation, and it is not copied to find out.
    let private mayLose (message: AssistantMessage) : bool =
        (message.Origin |> Option.exists (fun origin -> origin.Native.IsSome)) || List.exists Adapting.isMore message.Content

    /// Whether any target may have losses.
    let internal mayLoseAny (history: Message list) : bool =
        history
        |> List.exists (fun message ->
            match message with
            | Message.Assistant said -> mayLose said
            | Message.System _
            | Message.User _ -> false)

    /// What is lost of messages that others than the model itself wrote, as far as encoders do not say it.
    let internal unsaidLosses (target: Target) (parameters: Params) (history: Message list) : Loss list =
        let isUnsaid (content: LostContent) =
            match content with
            | LostContent.Thought _
            | LostContent.Signature
            | LostContent.EncryptedReasoning -> true
            | LostContent.RedactedThought _
            | LostContent.ProviderPart _
            | LostContent.Audio _
            | LostContent.Image _ -> false

        let ofMessage index (message: AssistantMessage) : Loss list =
            Adapting.adapt target parameters message
            |> snd
            |> List.filter isUnsaid
            |> List.map (fun content -> { Message = index; Origin = message.Origin; Content = content })

        let rec gather index (found: Loss list list) (rest: Message list) : Loss list =
            match rest with
            | [] when found.IsEmpty -> []
            | [] -> found |> List.rev |> List.concat
            | Message.Assistant message :: others when mayLose message && not (Adapting.kinship target message).IsSameModel ->
                gather (index + 1) (ofMessage index message :: found) others
            | _ :: others -> gather (index + 1) found others

        gather 0 [] history
