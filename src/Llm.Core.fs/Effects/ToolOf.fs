// Tools of named functions and methods: name, parameters and descriptions come from the method.
namespace Llm.Core

open System
open System.Reflection
open System.Threading
open FSharp.Quotations
open FSharp.Quotations.Patterns
open FSharp.Reflection

/// A method with the parameters that are the model's, each with its place in what the function is applied to.
[<RequireQualifiedAccess>]
module internal ToolMethod =
    let private isGiven (parameter: ParameterInfo) =
        parameter.ParameterType <> typeof<CancellationToken> && parameter.ParameterType <> typeof<unit>

    let description (info: MethodInfo) : string =
        Attributes.description (Attributes.ofMember info)
        |> Option.orElseWith (fun () ->
            match info.DeclaringType with
            | null -> None
            | kind -> Shapes.documentation kind.Assembly |> Documentation.ofMethod info)
        |> Option.defaultValue info.Name

    let private parameterDescription (info: MethodInfo) (parameter: ParameterInfo) : string option =
        Attributes.description (Attributes.ofParameter parameter)
        |> Option.orElseWith (fun () ->
            match info.DeclaringType with
            | null -> None
            | kind -> Shapes.documentation kind.Assembly |> Documentation.ofParameter parameter.Name info)

    let private memberOf
        (info: MethodInfo)
        (nullability: NullabilityInfoContext)
        (derivation: Derivation)
        (parameter: ParameterInfo)
        : Member =
        let attributes = Attributes.ofParameter parameter
        let name = Attributes.jsonName attributes |> Option.defaultValue parameter.Name

        {
            Name = name
            Coder =
                derivation.Derive (ShapeProblem.property name) (Some(Annotation.ofParameter nullability parameter)) parameter.ParameterType
            Description = parameterDescription info parameter
            Default =
                Attributes.defaultValue parameter.ParameterType attributes |> ValueOption.orElse (Attributes.parameterDefault parameter)
        }

    /// The arguments of a method as one shape, whose values are arrays of them: a parameter each, or the fields of the only one.
    let arguments (info: MethodInfo) (parameters: ParameterInfo list) : Shape =
        let given = parameters |> List.filter isGiven
        let nullability = NullabilityInfoContext()

        let separately () =
            Shape.ofMembers Shapes.documentation info.Name None (fun derivation ->
                given |> List.map (memberOf info nullability derivation) |> Array.ofList)
            |> Shapes.orRaise info.Name

        match given with
        | [ only ] ->
            match Shapes.tryOf only.ParameterType with
            | Ok shape when shape.IsObject && not (Collections.isMap only.ParameterType) -> Shape.map (fun value -> [| value |]) shape
            | _ -> separately ()
        | _ -> separately ()

    /// Fills the places of parameters with what the model gave, the token and nothing.
    let fill (parameters: ParameterInfo list) (values: obj) (cancellationToken: CancellationToken) : obj list =
        let mutable rest = List.ofArray (unbox<obj[]> values)

        [
            for parameter in parameters do
                if parameter.ParameterType = typeof<CancellationToken> then
                    box cancellationToken
                elif parameter.ParameterType = typeof<unit> then
                    box ()
                else
                    match rest with
                    | value :: others ->
                        rest <- others
                        value
                    | [] -> null
        ]

    /// A tool of a method, as C# gives it: the token and the context are given, the rest are the model's.
    let toTool (target: obj | null) (info: MethodInfo) (isContext: ParameterInfo -> bool) : Tool<'context> =
        let all = info.GetParameters() |> List.ofArray
        let ours = all |> List.filter (isContext >> not)

        let invoke (context: 'context) (values: obj) (cancellationToken: CancellationToken) =
            let filled = fill ours values cancellationToken |> List.zip ours

            let place (parameter: ParameterInfo) =
                match filled |> List.tryFind (fun (other, _) -> other.Position = parameter.Position) with
                | Some(_, value) -> value
                | None -> box context

            info.Invoke(target, BindingFlags.DoNotWrapExceptions, null, all |> List.map place |> Array.ofList, null)

        ToolRun.make
            info.Name
            (description info)
            { Arguments = arguments info ours; Outcome = Outcome.ofType info.ReturnType; Invoke = invoke }

/// A function as a quotation shows it: one call of a method with the function's own parameters.
[<RequireQualifiedAccess>]
module private Quoted =
    /// What the lambdas bind: each a parameter, or a tuple of them.
    let rec private lambdas (expression: Expr) : Var list * Expr =
        match expression with
        | Lambda(variable, body) ->
            let others, inner = lambdas body
            variable :: others, inner
        | other -> [], other

    let rec private lets (bound: Map<string, Expr>) (expression: Expr) : Map<string, Expr> * Expr =
        match expression with
        | Let(variable, value, body) -> lets (Map.add variable.Name value bound) body
        | other -> bound, other

    let rec private source (bound: Map<string, Expr>) (expression: Expr) : (string * int) option =
        match expression with
        | TupleGet(Var variable, index) -> Some(variable.Name, index)
        | Var variable ->
            match Map.tryFind variable.Name bound with
            | Some value -> source (Map.remove variable.Name bound) value
            | None -> Some(variable.Name, -1)
        | Coerce(inner, _) -> source bound inner
        | _ -> None

    /// The method, and for each of the function's parameters, by the lambda and the place in its tuple, the method's own.
    let tryMethod (expression: Expr) : (MethodInfo * Map<string * int, ParameterInfo> * Var list) option =
        let variables, body = lambdas expression
        let bound, body = lets Map.empty body

        match body with
        | Call(_, info, arguments) ->
            let found =
                Seq.zip arguments (info.GetParameters())
                |> Seq.choose (fun (argument, parameter) -> source bound argument |> Option.map (fun place -> place, parameter))

            Some(info, Map.ofSeq found, variables)
        | _ -> None

/// What a curried function is applied to, step by step.
type private Applied =
    | One of ParameterInfo
    | Several of tuple: Type * ParameterInfo list
    | Nothing

/// <summary>Tools of named functions: name, parameters and descriptions are the function's own.</summary>
[<AbstractClass; Sealed>]
type Tool private () =
    static let expected = "a tool is made of a named function or method, as in Tool.Of(getWeather)"

    /// The function, its quotation, and how many of its first parameters are given by us.
    static member private Make(quoted: Expr, skipped: int) : ToolFunction<obj> * MethodInfo =
        match quoted with
        | WithValue(func, _, expression) ->
            match Quoted.tryMethod expression with
            | None -> raise (NotSupportedException expected)
            | Some(info, places, variables) ->
                let applied (variable: Var) =
                    match Map.tryFind (variable.Name, -1) places with
                    | Some parameter -> One parameter
                    | None when FSharpType.IsTuple variable.Type ->
                        let count = (FSharpType.GetTupleElements variable.Type).Length
                        let own = List.init count (fun index -> Map.tryFind (variable.Name, index) places)

                        if List.forall Option.isSome own then
                            Several(variable.Type, List.choose id own)
                        else
                            raise (NotSupportedException expected)
                    | None when variable.Type = typeof<unit> -> Nothing
                    | None -> raise (NotSupportedException expected)

                let steps = variables |> List.skip skipped |> List.map applied

                let parameters =
                    steps
                    |> List.collect (fun step ->
                        match step with
                        | One parameter -> [ parameter ]
                        | Several(_, parameters) -> parameters
                        | Nothing -> [])

                let rec result (kind: Type) (count: int) =
                    if count = 0 then kind else result (snd (FSharpType.GetFunctionElements kind)) (count - 1)

                let apply (func: obj) (argument: obj) : obj =
                    let domain, range = FSharpType.GetFunctionElements(Tool.FunctionType(func.GetType()))
                    let invoke = func.GetType().GetMethod("Invoke", [| domain |]) |> Unchecked.nonNull
                    ignore range
                    invoke.Invoke(func, BindingFlags.DoNotWrapExceptions, null, [| argument |], null)

                let invoke (context: obj) (values: obj) (cancellationToken: CancellationToken) : obj =
                    let start = if skipped = 1 then apply func context else func

                    let step (func: obj, rest: obj list) (applied: Applied) =
                        match applied with
                        | Nothing -> apply func (box ()), rest
                        | One _ -> apply func (List.head rest), List.tail rest
                        | Several(tuple, parameters) ->
                            let own, others = List.splitAt parameters.Length rest
                            apply func (FSharpValue.MakeTuple(Array.ofList own, tuple)), others

                    steps |> List.fold step (start, ToolMethod.fill parameters values cancellationToken) |> fst

                {
                    Arguments = ToolMethod.arguments info parameters
                    Outcome = Outcome.ofType (result quoted.Type variables.Length)
                    Invoke = invoke
                },
                info
        | _ -> raise (NotSupportedException expected)

    static member private FunctionType(kind: Type) : Type =
        if FSharpType.IsFunction kind && kind.IsGenericType && kind.GetGenericTypeDefinition() = typedefof<obj -> obj> then
            kind
        else
            match kind.BaseType with
            | null -> raise (NotSupportedException expected)
            | above -> Tool.FunctionType above

    /// <summary>
    /// A tool of a named function or method: parameters curried or in a tuple, descriptions by attribute or XML comment. The result may be
    /// given at once, as a task, as an async, or after a <c>CancellationToken</c>.
    /// </summary>
    /// <example><c>let weather = Tool.Of(getWeather)</c></example>
    static member Of([<ReflectedDefinition(true)>] run: Expr<'first -> 'rest>) : Tool<unit> =
        let work, info = Tool.Make(run, 0)

        ToolRun.make
            info.Name
            (ToolMethod.description info)
            { Arguments = work.Arguments; Outcome = work.Outcome; Invoke = fun () -> work.Invoke null }

    /// <summary>A tool of a named function whose first parameter is the context of the call.</summary>
    /// <example><c>let book = Tool.OfWithContext(getBook)</c></example>
    static member OfWithContext([<ReflectedDefinition(true)>] run: Expr<'context -> 'first -> 'rest>) : Tool<'context> =
        let work, info = Tool.Make(run, 1)

        ToolRun.make
            info.Name
            (ToolMethod.description info)
            {
                Arguments = work.Arguments
                Outcome = work.Outcome
                Invoke = fun context -> work.Invoke(box context)
            }
