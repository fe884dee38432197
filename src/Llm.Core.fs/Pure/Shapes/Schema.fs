// JSON Schema as data, in the subset that providers take, and how it is written. Used by the deriver of shapes alone.
namespace Llm.Core

/// A schema.
[<RequireQualifiedAccess>]
type internal Schema =
    /// Any JSON at all.
    | Any
    | Null
    | Boolean
    | Integer
    | Number
    | Text of format: string option * pattern: string option
    /// One of these strings.
    | Words of string list
    | List of item: Schema
    /// An object with any names.
    | Map of value: Schema
    | Object of SchemaProperty list
    | AnyOf of Schema list
    /// A definition of the whole schema's.
    | Reference of name: string
    | Described of Schema * description: string

/// A property of an object.
and internal SchemaProperty =
    {
        Name: string
        Schema: Schema
        IsRequired: bool
        /// What its absence means, as JSON.
        Default: string option
    }

[<RequireQualifiedAccess>]
module internal Schema =
    let private object (members: (string * string) list) : string =
        "{" + String.concat "," (members |> List.map (fun (name, json) -> Json.quote name + ":" + json)) + "}"

    let private array (items: string list) : string = "[" + String.concat "," items + "]"

    let private typed (name: string) : string * string = "type", Json.quote name

    let rec private members (schema: Schema) : (string * string) list =
        match schema with
        | Schema.Any -> []
        | Schema.Null -> [ typed "null" ]
        | Schema.Boolean -> [ typed "boolean" ]
        | Schema.Integer -> [ typed "integer" ]
        | Schema.Number -> [ typed "number" ]
        | Schema.Text(format, pattern) ->
            let optional name value = value |> Option.map (fun text -> name, Json.quote text) |> Option.toList
            typed "string" :: optional "format" format @ optional "pattern" pattern
        // A constant is an enumeration of one: Gemini knows no "const".
        | Schema.Words words -> [ typed "string"; "enum", array (List.map Json.quote words) ]
        | Schema.List item -> [ typed "array"; "items", text item ]
        | Schema.Map value -> [ typed "object"; "additionalProperties", text value ]
        | Schema.Object properties ->
            [
                typed "object"
                "properties", object (properties |> List.map (fun property -> property.Name, propertyText property))
                "required",
                array
                    [
                        for property in properties do
                            if property.IsRequired then Json.quote property.Name
                    ]
                "additionalProperties", "false"
            ]
        | Schema.AnyOf choices -> [ "anyOf", array (List.map text choices) ]
        | Schema.Reference name -> [ "$ref", Json.quote ("#/$defs/" + name) ]
        | Schema.Described(Schema.Described(inner, _), description) -> members (Schema.Described(inner, description))
        // Nothing may stand beside a reference in OpenAI's strict mode.
        | Schema.Described(Schema.Reference _ as reference, description) ->
            [ "description", Json.quote description; "anyOf", array [ text reference ] ]
        | Schema.Described(inner, description) -> ("description", Json.quote description) :: members inner

    and private propertyText (property: SchemaProperty) : string =
        let schema =
            match property.Schema, property.Default with
            | Schema.Reference _, Some _ -> Schema.AnyOf [ property.Schema ]
            | schema, _ -> schema

        object (members schema @ (property.Default |> Option.map (fun json -> "default", json) |> Option.toList))

    and private text (schema: Schema) : string = object (members schema)

    let rec private named (schema: Schema) : string option =
        match schema with
        | Schema.Described(inner, _) -> named inner
        | Schema.Reference name -> Some name
        | _ -> None

    /// The schema itself, where it is no reference to one of the definitions.
    let resolve (definitions: (string * Schema) list) (schema: Schema) : Schema =
        named schema
        |> Option.bind (fun name -> definitions |> List.tryFind (fun (other, _) -> other = name) |> Option.map snd)
        |> Option.defaultValue schema

    /// Whether every value is an object, and the schema says so at its root, as providers want it.
    let rec isObject (schema: Schema) : bool =
        match schema with
        | Schema.Described(inner, _) -> isObject inner
        | Schema.Object _
        | Schema.Map _ -> true
        | _ -> false

    /// The whole text. A root that is a definition is written out, since the root must be an object and no reference.
    let write (definitions: (string * Schema) list) (root: Schema) : Json =
        let defined =
            if List.isEmpty definitions then
                []
            else
                [ "$defs", object (definitions |> List.map (fun (name, schema) -> name, text schema)) ]

        Json.trusted (object (members (resolve definitions root) @ defined))
