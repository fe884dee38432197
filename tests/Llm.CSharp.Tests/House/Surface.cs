// All types that the public signatures of an assembly mention, and where: the material of the rules about the surface.
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Llm.Tests.House;

internal static class Surface
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The types that another assembly can name, nested ones included.</summary>
    public static IEnumerable<Type> VisibleTypes(Assembly assembly) => assembly.GetTypes().Where(IsVisible).OrderBy(type => type.FullName);

    /// <summary>Each type that a signature mentions, with the place of the signature.</summary>
    public static IEnumerable<(string Where, Type Type)> Mentioned(Assembly assembly) =>
        VisibleTypes(assembly).SelectMany(Mentioned).SelectMany(mention => Parts(mention.Type).Select(part => (mention.Where, part)));

    /// <summary>The members that another assembly can name.</summary>
    public static IEnumerable<MemberInfo> VisibleMembers(Type type) => type.GetMembers(All).Where(member => member switch
    {
        MethodBase method => IsVisible(method),
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible),
        EventInfo @event => IsVisible(@event.AddMethod!),
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        _ => false,
    });

    private static IEnumerable<(string Where, Type Type)> Mentioned(Type type)
    {
        string name = type.FullName!;

        if (type.BaseType is { } baseType)
            yield return (name, baseType);

        foreach (Type mentioned in type.GetInterfaces().Concat(type.GetGenericArguments().SelectMany(Constraints)).Concat(Attributes(type)))
            yield return (name, mentioned);

        foreach (MemberInfo member in VisibleMembers(type))
        {
            foreach (Type mentioned in OfMember(member).Concat(Attributes(member)))
                yield return ($"{name}.{member.Name}", mentioned);
        }
    }

    private static IEnumerable<Type> OfMember(MemberInfo member) => member switch
    {
        MethodInfo method => Parameters(method)
            .Append(method.ReturnType)
            .Concat(Modifiers(method.ReturnParameter))
            .Concat(method.GetGenericArguments().SelectMany(Constraints)),
        ConstructorInfo constructor => Parameters(constructor),
        PropertyInfo property => property.GetIndexParameters().Select(parameter => parameter.ParameterType).Append(property.PropertyType),
        EventInfo @event => [@event.EventHandlerType!],
        FieldInfo field => [field.FieldType],
        _ => [],
    };

    private static IEnumerable<Type> Parameters(MethodBase method) =>
        method.GetParameters().SelectMany(parameter => Modifiers(parameter).Append(parameter.ParameterType).Concat(Attributes(parameter)));

    private static IEnumerable<Type> Modifiers(ParameterInfo parameter) =>
        parameter.GetRequiredCustomModifiers().Concat(parameter.GetOptionalCustomModifiers());

    private static IEnumerable<Type> Constraints(Type argument) => argument.GetGenericParameterConstraints();

    private static IEnumerable<Type> Attributes(ICustomAttributeProvider provider)
    {
        IEnumerable<CustomAttributeData> attributes = provider switch
        {
            MemberInfo member => member.CustomAttributes,
            ParameterInfo parameter => parameter.CustomAttributes,
            _ => [],
        };

        return attributes.SelectMany(attribute => attribute.ConstructorArguments
            .Concat(attribute.NamedArguments.Select(named => named.TypedValue))
            .Select(argument => argument.Value as Type ?? argument.ArgumentType)
            .Append(attribute.AttributeType));
    }

    /// <summary>A type and all that it is made of: its generic arguments, its elements.</summary>
    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
            return Parts(type.GetElementType()!);

        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()) : [type];
    }

    private static bool IsVisible(Type type) =>
        !type.IsDefined(typeof(CompilerGeneratedAttribute))
        && (type.IsNested
            ? (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType!)
            : type.IsPublic);

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;
}
