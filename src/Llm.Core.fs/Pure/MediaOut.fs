// Answers that are more than text: whether a model can give them, by data of its dialect. Called by every encoder before it writes.
namespace Llm.Core

/// What a model can give beside text.
type internal MediaOut =
    {
        /// The formats in which it speaks; none where it does not.
        Speaks: AudioFormat list
        /// Those of them in which it speaks while streaming.
        StreamsSpeech: AudioFormat list
        /// Whether it draws.
        Draws: bool
        /// What to do instead of asking it to speak or to draw.
        Instead: string
    }

[<RequireQualifiedAccess>]
module internal MediaOut =
    /// Text alone.
    let none: MediaOut =
        {
            Speaks = []
            StreamsSpeech = []
            Draws = false
            Instead = "take a model that does, such as openai/gpt-audio for speech, google/gemini-2.5-flash-image for images"
        }

    /// Images too.
    let draws: MediaOut = { none with Draws = true }

    /// Speech too, as OpenAI has it (platform.openai.com/docs/guides/audio).
    let speaks: MediaOut =
        { none with
            Speaks = [ AudioFormat.Wav; AudioFormat.Mp3; AudioFormat.Flac; AudioFormat.Opus; AudioFormat.Aac; AudioFormat.Pcm16 ]
            StreamsSpeech = [ AudioFormat.Pcm16 ]
        }

    /// The same for a model that draws, or does not.
    let drawing (draws: bool) (media: MediaOut) : MediaOut = if media.Draws = draws then media else { media with Draws = draws }

    let private lacking (media: MediaOut) (request: Request) : struct (string * string) option =
        let streamed = if request.Stream then media.StreamsSpeech else media.Speaks
        let named formats = formats |> List.map AudioFormat.name |> String.concat ", "

        match request.Params.Speech with
        | Some _ when List.isEmpty media.Speaks -> Some(struct ("spoken answers", media.Instead))
        | Some speech when not (List.contains speech.Format streamed) ->
            let streaming = if request.Stream then " in a stream" else ""
            Some(struct ($"audio format {AudioFormat.name speech.Format}{streaming}", $"ask for {named streamed}"))
        | _ when request.Params.Images && not media.Draws -> Some(struct ("images in answers", media.Instead))
        | _ -> None

    /// The request, or <c>FeatureNotSupported</c> where it asks for what the model cannot give.
    let check (provider: string) (media: MediaOut) (request: Request) : Result<Request, LlmError> =
        match lacking media request with
        | Some(struct (feature, instead)) -> Error(LlmError.FeatureNotSupported(feature, provider, Some request.Model, Some instead))
        | None -> Ok request
