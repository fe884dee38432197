// What a user's function gives back, however it does: at once, as a task, as an async, when it is given a token. Decided once a type.
namespace Llm.Core

open System
open System.Threading
open System.Threading.Tasks
open FSharp.Reflection

/// What a tool says: a text, or the message of a failure.
type internal ToolSaid = Result<string, string>

/// How a value of one type is waited for and said.
[<NoComparison; NoEquality>]
type internal Outcome =
    {
        /// Whether it takes a thread until it is there.
        IsBlocking: bool
        Say: obj -> CancellationToken -> Task<ToolSaid>
    }

/// Waits for boxed work, whatever the type of its result.
[<AbstractClass>]
type internal Waiting() =
    abstract Task: inner: Outcome -> work: obj -> cancellationToken: CancellationToken -> Task<ToolSaid>
    abstract ValueTask: inner: Outcome -> work: obj -> cancellationToken: CancellationToken -> Task<ToolSaid>
    abstract Async: inner: Outcome -> work: obj -> cancellationToken: CancellationToken -> Task<ToolSaid>
    abstract Token: inner: Outcome -> work: obj -> cancellationToken: CancellationToken -> Task<ToolSaid>

/// Waits for boxed work whose result has this type.
type internal WaitingFor<'result>() =
    inherit Waiting()

    override _.Task inner work cancellationToken = task {
        let! result = work :?> Task<'result>
        return! inner.Say (box result) cancellationToken
    }

    override this.ValueTask inner work cancellationToken = this.Task inner ((unbox<ValueTask<'result>> work).AsTask()) cancellationToken

    override this.Async inner work cancellationToken =
        this.Task inner (Async.StartImmediateAsTask(unbox<Async<'result>> work, cancellationToken)) cancellationToken

    override _.Token inner work cancellationToken =
        inner.Say (box (unbox<CancellationToken -> 'result> work cancellationToken)) cancellationToken

[<RequireQualifiedAccess>]
module internal Outcome =
    let private isGeneric (definition: Type) (kind: Type) = kind.IsGenericType && kind.GetGenericTypeDefinition() = definition

    let private now (say: obj -> ToolSaid) : Outcome = { IsBlocking = true; Say = fun value _ -> Task.FromResult(say value) }

    let private waiter (result: Type) : Waiting = Activator.CreateInstance(typedefof<WaitingFor<_>>.MakeGenericType result) :?> Waiting

    /// Work that takes no thread while it waits.
    let private free (say: obj -> CancellationToken -> Task<ToolSaid>) : Outcome = { IsBlocking = false; Say = say }

    let private ofShape (kind: Type) : obj -> ToolSaid =
        let shape = Shapes.get kind
        fun value -> Ok(Json.text (Shape.encode value shape))

    /// How a value of a type is said: text as it is, nothing as a word, an error as a failure, the rest as JSON.
    let rec ofType (kind: Type) : Outcome =
        let arguments = if kind.IsGenericType then kind.GetGenericArguments() else [||]

        if kind = typeof<string> then
            now (fun value -> Ok(value |> Option.ofObj |> Option.map string |> Option.defaultValue ""))
        elif kind = typeof<unit> || kind = typeof<Void> then
            now (fun _ -> Ok "done")
        elif kind = typeof<Json> then
            now (fun value -> Ok(Json.text (unbox<Json> value)))
        elif kind = typeof<Task> then
            free (fun work _ -> task {
                do! work :?> Task
                return Ok "done"
            })
        elif kind = typeof<ValueTask> then
            free (fun work _ -> task {
                do! unbox<ValueTask> work
                return Ok "done"
            })
        elif isGeneric typedefof<Task<_>> kind then
            free ((waiter arguments[0]).Task(ofType arguments[0]))
        elif isGeneric typedefof<ValueTask<_>> kind then
            free ((waiter arguments[0]).ValueTask(ofType arguments[0]))
        elif isGeneric typedefof<Async<_>> kind then
            free ((waiter arguments[0]).Async(ofType arguments[0]))
        elif FSharpType.IsFunction kind && fst (FSharpType.GetFunctionElements kind) = typeof<CancellationToken> then
            let result = snd (FSharpType.GetFunctionElements kind)
            let inner = ofType result
            { IsBlocking = inner.IsBlocking; Say = (waiter result).Token inner }
        elif isGeneric typedefof<Result<_, _>> kind then
            ofResult kind arguments
        else
            now (ofShape kind)

    /// An error that a function gives back as a value is a failure of the tool.
    and private ofResult (kind: Type) (arguments: Type[]) : Outcome =
        let cases = FSharpType.GetUnionCases kind |> Array.map FSharpValue.PreComputeUnionReader
        let tag = FSharpValue.PreComputeUnionTagReader kind
        let each = arguments |> Array.map ofType

        {
            IsBlocking = true
            Say =
                fun value cancellationToken -> task {
                    let index = tag value
                    let! said = each[index].Say (Array.head (cases[index] value)) cancellationToken

                    return
                        match said with
                        | Ok text when index = 1 -> Error text
                        | said -> said
                }
        }
