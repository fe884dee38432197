// A value of a type while its answer is still coming: which of its fields are there, and what is known of them. Made by formats, shown by
// the views of streams. Nothing is guessed: what is not known is absent.
namespace Llm.Core

open System
open System.Linq.Expressions
open System.Reflection

/// <summary>How far a field of a value has come while its answer streams.</summary>
[<RequireQualifiedAccess>]
type PartialState =
    /// It has not begun.
    | Absent
    /// It has begun, and more may come.
    | Growing
    /// Nothing of it is missing.
    | Whole

/// A field of a value, as a lambda over the value names it.
[<RequireQualifiedAccess>]
module internal FieldPath =
    /// From a value to its field.
    type Step =
        | Property of name: string
        | Item of index: int

    /// To the value that an option or a nullable holds: in JSON, that is the field itself.
    let private isHeld (info: MemberInfo) =
        match info.DeclaringType with
        | null -> false
        | kind ->
            info.Name = "Value"
            && kind.IsGenericType
            && List.contains (kind.GetGenericTypeDefinition()) [ typedefof<option<_>>; typedefof<voption<_>>; typedefof<Nullable<_>> ]

    let private refused (expression: Expression) =
        raise (NotSupportedException $"'{expression}' names no field: fields and indices do, as in book => book.Authors[0].Name")

    let private index (expression: Expression) : int =
        match expression with
        | :? ConstantExpression as constant when (constant.Value :? int) -> unbox<int> constant.Value
        | other -> Expression.Lambda<Func<int>>(other).Compile(preferInterpretation = true).Invoke()

    let rec private steps (expression: Expression) (after: Step list) : Step list =
        match expression with
        | :? ParameterExpression -> after
        | :? UnaryExpression as cast when cast.NodeType = ExpressionType.Convert -> steps cast.Operand after
        | :? MemberExpression as field when isHeld field.Member -> steps (Unchecked.nonNull field.Expression) after
        | :? MemberExpression as field when not (isNull field.Expression) ->
            let name = Attributes.jsonName (Attributes.ofMember field.Member) |> Option.defaultValue field.Member.Name
            steps field.Expression (Property name :: after)
        | :? BinaryExpression as item when item.NodeType = ExpressionType.ArrayIndex -> steps item.Left (Item(index item.Right) :: after)
        | :? MethodCallExpression as call when call.Method.Name = "get_Item" && call.Arguments.Count = 1 && not (isNull call.Object) ->
            item call.Object call.Arguments[0] after
        | :? MethodCallExpression as call when call.Method.Name = "GetArray" && call.Arguments.Count = 2 ->
            item call.Arguments[0] call.Arguments[1] after
        | :? IndexExpression as call when call.Arguments.Count = 1 && not (isNull call.Object) -> item call.Object call.Arguments[0] after
        | other -> refused other

    and private item (list: Expression) (place: Expression) (after: Step list) =
        match place with
        | :? ConstantExpression as name when (name.Value :? string) -> steps list (Property(string name.Value) :: after)
        | place when place.Type = typeof<int> -> steps list (Item(index place) :: after)
        | place -> refused place

    let ofLambda (field: LambdaExpression) : Step list = steps field.Body []

    let follow (path: Step list) (partial: PartialJson) : PartialJson option =
        (Some partial, path)
        ||> List.fold (fun found step ->
            found
            |> Option.bind (fun partial ->
                match step with
                | Property name -> PartialJson.tryAlike name partial
                | Item index -> PartialJson.tryItem index partial))

/// <summary>
/// What is known of a value while its answer streams. Of a stream's partials each has grown from the one before; the last says whether the
/// answer is the value that it should be.
/// </summary>
[<Sealed>]
type Partial<'value> internal (json: PartialJson option, result: Result<'value, ParseProblem> option, decode: PartialJson -> obj voption) =
    let find (field: Expression<Func<'value, 'field>>) = json |> Option.bind (FieldPath.follow (FieldPath.ofLambda field))

    let stateOf (found: PartialJson option) =
        match found with
        | None -> PartialState.Absent
        | Some partial when PartialJson.isWhole partial -> PartialState.Whole
        | Some _ -> PartialState.Growing

    /// <summary>The JSON so far; None where there is none, as for a parser of one's own.</summary>
    member _.Json: PartialJson option = json

    /// <summary>The value, or what is wrong with the answer; None until the answer is complete.</summary>
    member _.Result: Result<'value, ParseProblem> option = result

    /// <summary>How far the value as a whole has come.</summary>
    member _.State: PartialState =
        match result with
        | Some(Ok _) -> PartialState.Whole
        | _ -> stateOf json

    /// <summary>
    /// The value as far as it is known: texts and lists as they grow, everything else when whole. None as long as a field is missing that the
    /// type cannot be without, or that has a default, for then something else may yet come. See <c>Partial.tryAs</c>.
    /// </summary>
    member _.Value: 'value option =
        match result, json with
        | Some(Ok value), _ -> Some value
        | Some(Error _), _
        | _, None -> None
        | None, Some json ->
            match decode json with
            | ValueSome value -> Some(unbox<'value> value)
            | ValueNone -> None

    /// <summary>How far a field has come. What names none, such as a call, is a <c>NotSupportedException</c>.</summary>
    /// <example><c>partial.StateOf(fun book -> book.Author.Name)</c></example>
    member _.StateOf(field: Expression<Func<'value, 'field>>) : PartialState = stateOf (find field)

    /// <summary>
    /// A field as far as it is known: a text and a list as they grow, everything else when whole; None while nothing can be said.
    /// </summary>
    /// <example><c>partial.TryGet(fun book -> book.Title)</c> evaluates to <c>Some "Du"</c> once <c>{"Title":"Du</c> has come.</example>
    member _.TryGet(field: Expression<Func<'value, 'field>>) : 'field option =
        match
            find field
            |> ValueOption.ofOption
            |> ValueOption.bind (fun found -> Shape.decodePartial found (Shapes.get typeof<'field>))
        with
        | ValueSome value -> Some(unbox<'field> value)
        | ValueNone -> None

/// <summary>Functions on <see cref="T:Llm.Core.Partial`1"/>.</summary>
[<RequireQualifiedAccess>]
module Partial =
    /// <summary>
    /// What is known so far as a value of another type, such as a record of options with the names of the fields that one wants to show; None
    /// where that cannot be made of it.
    /// </summary>
    /// <example><c>partial |> Partial.tryAs&lt;{| Title: string option; Pages: int option |}, _&gt;</c></example>
    let tryAs<'other, 'value> (partial: Partial<'value>) : 'other option =
        match
            partial.Json
            |> ValueOption.ofOption
            |> ValueOption.bind (fun json -> Shape.decodePartial json (Shapes.get typeof<'other>))
        with
        | ValueSome value -> Some(unbox<'other> value)
        | ValueNone -> None

    /// <summary>
    /// What is known of a tool call's arguments, as those of the type that the tool takes. Once the call is whole it has a <c>Result</c>: the
    /// arguments, or what is wrong with them.
    /// </summary>
    /// <example>
    /// <c>(Partial.ofToolCall&lt;{| Title: string |}&gt; progress).TryGet(fun arguments -> arguments.Title)</c> evaluates to <c>Some "Du"</c> once
    /// <c>{"Title":"Du</c> has come.
    /// </example>
    let ofToolCall<'arguments> (progress: ToolCallProgress) : Partial<'arguments> =
        let shape = Shapes.get typeof<'arguments>

        let read (call: ToolCall) : Result<'arguments, ParseProblem> =
            match Json.tryParse call.Arguments with
            | Error reason -> Error(ParseProblem.InvalidJson reason)
            | Ok json -> Shape.decode json shape |> Result.map unbox<'arguments> |> Result.mapError ParseProblem.DoesNotFit

        Partial(ToolCallProgress.known progress, Option.map read progress.Whole, (fun json -> Shape.decodePartial json shape))
