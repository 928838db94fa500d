import { lazy, Suspense } from "react";
import type { Device } from "../engine/api.ts";
import { CatalogPage } from "../catalog/CatalogPage.tsx";
import { useText } from "../i18n/text.ts";
import { LibraryPage } from "../library/LibraryPage.tsx";
import { useNews } from "../library/use-news.ts";
import { Boundary } from "./Boundary.tsx";
import { Frame } from "./Frame.tsx";
import { linkTo, type Route, useRoute } from "./route.ts";

const SharingPage = lazy(async () => ({ default: (await import("../sharing/SharingPage.tsx")).SharingPage }));
const TransfersPage = lazy(async () => ({ default: (await import("../transfers/TransfersPage.tsx")).TransfersPage }));
const ActivityPage = lazy(async () => ({ default: (await import("../account/ActivityPage.tsx")).ActivityPage }));
const DevicesPage = lazy(async () => ({ default: (await import("../account/DevicesPage.tsx")).DevicesPage }));
const ServicesPage = lazy(async () => ({ default: (await import("../services/ServicesPage.tsx")).ServicesPage }));

/** What a device sees: the view of the address, in the frame. */
export function Views({ device }: { readonly device: Device }) {
  const route = useRoute();
  const t = useText();
  useNews(device);
  return (
    <Frame device={device} route={route}>
      <Boundary key={linkTo(route)}>
        <Suspense fallback={<p role="status">{t.loading}</p>}>
          <View route={route} device={device} />
        </Suspense>
      </Boundary>
    </Frame>
  );
}

function View({ route, device }: { readonly route: Route; readonly device: Device }) {
  switch (route.at) {
    case "library":
      return <LibraryPage device={device} />;
    case "catalog":
      return <CatalogPage key={`${route.owner}/${route.catalog}`} {...route} />;
    case "sharing":
      return <SharingPage device={device} />;
    case "transfers":
      return <TransfersPage />;
    case "activity":
      return <ActivityPage device={device} />;
    case "devices":
      return <DevicesPage device={device} />;
    case "services":
      return <ServicesPage />;
  }
}
