import type { Field, StreamShape } from '../../engine/api/index.ts';

/** The fields of a stream, and whether it is keyed and has event time. */
export function SchemaTable({ title, shape }: { readonly title: string; readonly shape: StreamShape }) {
  const { fields } = shape.schema;
  return (
    <section className="inspector-schema">
      <h3>{title}</h3>
      <p className="inspector-facts">
        <span>{keyText(shape)}</span>
        <span>{shape.eventTime ? 'Event time' : 'No event time'}</span>
      </p>
      {fields.length === 0 ? (
        <p className="inspector-help">The fields are not known yet.</p>
      ) : (
        <table className="inspector-table">
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Type</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <tr key={field.name}>
                <td>{field.name}</td>
                <td>
                  {typeText(field)}
                  {field.nullable === true ? <span className="inspector-nullable"> nullable</span> : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function typeText(field: Field): string {
  if (field.type !== 'row' || field.fields === undefined) return field.type;
  return `row<${field.fields.map((inner) => `${inner.name} ${typeText(inner)}`).join(', ')}>`;
}

function keyText(shape: StreamShape): string {
  if (shape.key === null) return 'Not keyed';
  return shape.key.kind === 'fields' ? `Keyed by ${shape.key.fields.join(', ')}` : 'Keyed by a function';
}
