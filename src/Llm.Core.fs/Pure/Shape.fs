// A .NET type as JSON: its schema, how a value is read and how it is written, all from one walk over the type.
// Formats and tools are made of shapes; providers see their schemas only.
namespace Llm.Core

open System
open System.Reflection
open System.Text
open System.Text.Json

/// <summary>
/// What a .NET type is as JSON. A value that fits the schema decodes, its encoding fits the schema, and decoding an encoding gives the
/// value back.
/// </summary>
[<NoComparison; NoEquality>]
type Shape =
    internal
        {
            kind: Type
            name: string
            description: string option
            schema: Json
            isObject: bool
            coder: Coder
            /// The schema as a part of another.
            part: Schema
            definitions: (string * Schema) list
        }

    /// The type's name in letters, digits and underscores, such as <c>Book</c>.
    member this.Name = this.name
    /// What the type's attribute or comment says of it.
    member this.Description = this.description
    /// The JSON Schema.
    member this.Schema = this.schema
    /// Whether the schema is of an object, as what tools take and strict formats give must be.
    member this.IsObject = this.isObject

/// Functions on <see cref="T:Llm.Core.Shape"/>.
[<RequireQualifiedAccess>]
module Shape =
    let private ofCoder (kind: Type) (name: string) (description: string option) (derivation: Derivation) (coder: Coder) =
        match derivation.Problems with
        | [] ->
            let definitions = derivation.Definitions

            Ok
                {
                    kind = kind
                    name = name
                    description = description
                    schema = Schema.write definitions coder.Schema
                    isObject = coder.Schema |> Schema.resolve definitions |> Schema.isObject
                    coder = coder
                    part = coder.Schema
                    definitions = definitions
                }
        | problems -> Error problems

    /// <summary>
    /// The shape of a type, with what the documentation of its assembly says of it; or where in it something has no shape, and why:
    /// functions, handles, abstract classes, types whose representation is private, an option of an option.
    /// </summary>
    /// <example><c>Shape.derive (fun _ -> Documentation.none) typeof&lt;{| Age: int |}&gt;</c> has a schema with the property <c>Age</c>.</example>
    let derive (documentation: Assembly -> Documentation) (kind: Type) : Result<Shape, ShapeProblem list> =
        let derivation = Derivation documentation
        let coder = derivation.Derive "" None kind
        ofCoder kind (Attributes.typeName kind) (Attributes.ofType documentation kind) derivation coder

    /// An object of members that are given one by one, as the parameters of a function are; its values are arrays.
    let internal ofMembers
        (documentation: Assembly -> Documentation)
        (name: string)
        (description: string option)
        (members: Derivation -> Member[])
        : Result<Shape, ShapeProblem list> =
        let derivation = Derivation documentation
        let coder = Members.object (members derivation) (box >> Ok) unbox<obj[]>
        ofCoder typeof<obj[]> name description derivation coder

    /// The name of the property that carries what is no object.
    let internal wrapping = "output"

    /// The shape as the one property of an object; its values stay the same.
    let internal wrappedAs (name: string) (shape: Shape) : Shape =
        let only = { Name = name; Coder = shape.coder; Description = None; Default = ValueNone }
        // What is absent must be said too, since the object says nothing else.
        let property = { Name = name; Schema = shape.part; IsRequired = true; Default = None }
        let inner = Members.object [| only |] (fun values -> Ok values[0]) (fun value -> [| value |])
        let schema = Schema.Object [ property ]

        let encode (builder: StringBuilder) (value: obj) =
            builder.Append('{').Append(Json.quote name).Append(':') |> ignore
            shape.coder.Encode builder value
            builder.Append '}' |> ignore

        { shape with
            schema = Schema.write shape.definitions schema
            isObject = true
            coder = { inner with Schema = schema; Encode = encode }
            part = schema
        }

    let internal wrapped (shape: Shape) : Shape = wrappedAs wrapping shape

    /// The shape, whose decoded values are changed; it is for reading only.
    let internal map (change: obj -> obj) (shape: Shape) : Shape =
        { shape with
            coder =
                { shape.coder with
                    Decode = shape.coder.Decode >> Result.map change
                    Partial = shape.coder.Partial >> ValueOption.map change
                }
        }

    let internal decodeElement (element: JsonElement) (shape: Shape) : Result<obj, ShapeProblem list> =
        shape.coder.Decode element |> Result.mapError (ShapeProblem.within "$")

    /// <summary>The value, boxed; or all that is wrong and where. Never throws.</summary>
    let decode (json: Json) (shape: Shape) : Result<obj, ShapeProblem list> =
        use document = JsonDocument.Parse(Json.text json, Json.documentOptions)
        decodeElement document.RootElement shape

    /// <summary>
    /// The value as far as it is known, boxed: text and lists as they grow, everything else when whole. ValueNone where the type cannot be
    /// without what is not known yet, for nothing is guessed, defaults included. Never throws.
    /// </summary>
    let decodePartial (partial: PartialJson) (shape: Shape) : obj voption = shape.coder.Partial partial

    /// <summary>The JSON of a boxed value of the type.</summary>
    let encode (value: obj) (shape: Shape) : Json = Json.trusted (Coder.text shape.coder value)
