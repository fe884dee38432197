// Traces of streams: a step whose answer is a stream lasts until that has ended. Asking and Call make them; the C# facade shows them.
namespace Llm.Core

open System.Threading
open System.Threading.Tasks

/// <summary>A stream, and the steps that led to it. The last step lasts as long as the stream.</summary>
[<Sealed>]
type TracedStream internal (result: Result<StreamResponse, LlmError>, trace: unit -> TraceStep) =
    /// The stream, or why there is none.
    member _.Result: Result<StreamResponse, LlmError> = result

    /// The steps so far; one that goes on counts as cancelled until its stream has ended. It is made anew each time it is asked for.
    member _.Trace: TraceStep = trace ()

[<RequireQualifiedAccess>]
module internal StreamTracing =
    /// The step ends when the stream does.
    let endsWith (stream: StreamResponse) (step: StepRecord) : unit = stream.Live.TellEnd(fun ending -> step.End(stream.Provider, ending))

    /// A group of steps whose last one streams.
    let group (name: string) (input: obj) (work: Llm<StreamResponse>) : Llm<StreamResponse> = Llm.groupUntil endsWith name input work

    /// The one step of the work, or all under one.
    let from
        (scope: Scope)
        (input: obj)
        (costOf: Response -> AnyMoney option)
        (show: obj -> string)
        (cancellationToken: CancellationToken)
        (work: Llm<StreamResponse>)
        : Task<TracedStream> = task {
        let recorder = Recorder(costOf, show)
        let! result = Llm.start { scope with Recorder = recorder } cancellationToken work

        let answer () =
            match result with
            | Error error -> Error error
            | Ok stream -> StreamResponse.tryResponse stream |> Option.defaultValue (Error(LlmError.Cancelled stream.Provider))

        return TracedStream(result, (fun () -> Llm.joined show input (answer ()) (recorder.Steps())))
    }
