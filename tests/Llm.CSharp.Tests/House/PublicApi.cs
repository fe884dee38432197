// The public surface as a page of text, one line a member: what the approved page is compared with.
using System.Reflection;
using System.Text;

namespace Llm.Tests.House;

internal static class PublicApi
{
    private static readonly NullabilityInfoContext _nullability = new();

    private static readonly Dictionary<Type, string> _keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
    };

    public static string Page(Assembly assembly)
    {
        var page = new StringBuilder();

        foreach (Type type in Surface.VisibleTypes(assembly))
        {
            page.Append(Head(type)).Append('\n');

            foreach (string line in Surface.VisibleMembers(type).Select(Line).OfType<string>().Order(StringComparer.Ordinal))
                page.Append("    ").Append(line).Append('\n');
        }

        return page.ToString();
    }

    private static string Head(Type type)
    {
        bool isRecord = type.GetMethod("<Clone>$") is not null;
        string kind = type.IsEnum ? "enum" : type.IsValueType ? "struct" : type.IsInterface ? "interface" : isRecord ? "record" : "class";
        string modifier = type.IsValueType || type.IsInterface ? ""
            : type.IsAbstract && type.IsSealed ? "static "
            : type.IsAbstract ? "abstract "
            : type.IsSealed ? "sealed "
            : "";
        var parents = type.GetInterfaces()
            .Where(parent => !isRecord && !type.IsEnum && type.BaseType?.GetInterfaces().Contains(parent) != true)
            .Select(parent => Name(parent))
            .Order(StringComparer.Ordinal);

        if (type.BaseType is { } baseType && baseType != typeof(object) && !type.IsValueType)
            parents = parents.Prepend(Name(baseType)).Order(StringComparer.Ordinal);

        string inherits = string.Join(", ", parents);
        return $"{modifier}{kind} {Name(type)}{(inherits == "" ? "" : $" : {inherits}")}";
    }

    private static string? Line(MemberInfo member) => member switch
    {
        ConstructorInfo { IsStatic: false, IsFamily: false } constructor => $"{Short(constructor.DeclaringType!)}({Parameters(constructor)})",
        PropertyInfo { Name: "EqualityContract" } => null,
        PropertyInfo property => $"{Static(property.GetMethod!)}{Annotated(property)} {property.Name} {Accessors(property)}",
        FieldInfo { IsSpecialName: true } => null,
        FieldInfo { DeclaringType.IsEnum: true } field => $"{field.Name} = {Convert.ToInt32(field.GetRawConstantValue())}",
        FieldInfo field => $"{Name(field.FieldType)} {field.Name}",
        MethodInfo method when IsOwn(method) =>
            $"{Static(method)}{Annotated(method.ReturnParameter)} {method.Name}{Generic(method)}({Parameters(method)})",
        _ => null,
    };

    /// <summary>Not what the compiler writes for every record, nor the accessors of properties.</summary>
    private static bool IsOwn(MethodInfo method) =>
        method.Name is not ("<Clone>$" or "PrintMembers" or "Equals" or "GetHashCode" or "op_Equality" or "op_Inequality" or "ToString")
        && !method.Name.StartsWith("get_", StringComparison.Ordinal)
        && !method.Name.StartsWith("set_", StringComparison.Ordinal);

    private static string Static(MethodInfo method) => method.IsStatic ? "static " : "";

    private static string Generic(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";

    private static string Accessors(PropertyInfo property)
    {
        bool isInit = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Length > 0;
        bool isVisible = property.SetMethod is { IsPublic: true };
        return isVisible ? isInit ? "{ get; init; }" : "{ get; set; }" : "{ get; }";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        string prefix = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : parameter.IsOut ? "out " : "";
        string suffix = parameter.HasDefaultValue ? $" = {Default(parameter)}" : "";
        return $"{prefix}{Annotated(parameter)} {parameter.Name}{suffix}";
    }

    private static string Default(ParameterInfo parameter) => parameter.DefaultValue switch
    {
        null => parameter.ParameterType.IsValueType ? "default" : "null",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        var value => value.ToString()!,
    };

    private static string Annotated(ParameterInfo parameter) => Annotated(parameter.ParameterType, _nullability.Create(parameter));

    private static string Annotated(PropertyInfo property) => Annotated(property.PropertyType, _nullability.Create(property));

    private static string Annotated(Type type, NullabilityInfo info)
    {
        string name = Name(type.IsByRef ? type.GetElementType()! : type, info);
        return !type.IsValueType && !type.IsGenericParameter && info.ReadState == NullabilityState.Nullable && !name.EndsWith('?') ? name + "?" : name;
    }

    private static string Name(Type type, NullabilityInfo? info = null)
    {
        if (_keywords.TryGetValue(type, out string? keyword))
            return keyword;

        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Name(underlying) + "?";

        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";

        if (!type.IsGenericType)
            return type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;

        var arguments = type.GetGenericArguments().Select((argument, index) =>
            info is not null && index < info.GenericTypeArguments.Length
                ? Annotated(argument, info.GenericTypeArguments[index])
                : Name(argument));

        return $"{type.Name.Split('`')[0]}<{string.Join(", ", arguments)}>";
    }

    private static string Short(Type type) => type.Name.Split('`')[0];
}
